/** One conversion: a picture that is dropped, pasted or picked, and its PNG beside it. */

import { Refusal, convert } from './client.js';
import { bytes, duration, growing, say } from './format.js';
import { builtIn } from './pictures.js';

const by = (id) => document.getElementById(id);

/** The conversion that runs; a new one takes its place. */
let running = new AbortController();

/**
 * Listens for pictures.
 * @param {import('./heart.js').Heart} heart
 */
export function prepareConversion(heart) {
  const take = (files) => {
    if (files.length > 0) run(files[0], files[0].name, heart);
  };
  const input = by('file');
  input.addEventListener('change', () => {
    take(Array.from(input.files));
    // Else picking the same file again would be no change.
    input.value = '';
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData.files));
  prepareDrop(take);
  for (const button of document.querySelectorAll('[data-megapixels]')) {
    button.addEventListener('click', () => runBuiltIn(Number(button.dataset.megapixels), heart));
  }
}

function prepareDrop(take) {
  const hasFiles = ({ dataTransfer }) => dataTransfer.types.includes('Files');
  const veil = by('veil');
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

async function runBuiltIn(megapixels, heart) {
  begin('Painting the picture');
  try {
    await run(await builtIn(megapixels), `${megapixels} megapixels.jpg`, heart);
  } catch (error) {
    showProblem(error);
  }
}

async function run(jpeg, name, heart) {
  running.abort();
  const { signal } = (running = new AbortController());
  begin(`Converting ${name}`);
  showPicture(by('jpeg'), jpeg);
  const begun = performance.now();
  const ticking = setInterval(() => say(by('elapsed'), growing(performance.now() - begun)), 100);
  try {
    const png = await convert(jpeg, { signal });
    if (signal.aborted) return;
    showPng(png, name);
    say(by('outcome'), `Converted in ${duration(performance.now() - begun)}`);
  } catch (error) {
    if (signal.aborted) return;
    showProblem(explain(error, jpeg, heart.server));
  } finally {
    clearInterval(ticking);
    if (!signal.aborted) say(by('elapsed'), '');
  }
}

/** A server that refuses a large body closes the connection, perhaps before it is heard. */
function explain(error, jpeg, server) {
  const isTooLarge = error.status === undefined && jpeg.size > server?.max_body;
  if (!isTooLarge) return error;
  const detail = `The server takes ${bytes(server.max_body)} at most.`;
  return new Refusal('The picture is too large', detail);
}

function begin(text) {
  say(by('outcome'), text);
  by('problem').hidden = true;
  by('download').hidden = true;
  clear(by('png'));
}

function showProblem(error) {
  say(by('outcome'), '');
  const title = document.createElement('strong');
  title.textContent = error.message;
  const detail = document.createElement('span');
  detail.textContent = error.detail ?? '';
  const status = document.createElement('small');
  status.textContent = error.status ? `HTTP ${error.status}` : '';
  by('problem').replaceChildren(title, detail, status);
  by('problem').hidden = false;
}

function showPng(png, name) {
  const link = by('download');
  link.href = showPicture(by('png'), png);
  link.download = name.replace(/(\.jpe?g)?$/i, '.png');
  link.hidden = false;
}

/** Shows a picture with its size, and gives its address in this page. */
function showPicture(figure, picture) {
  clear(figure);
  const image = figure.querySelector('img');
  const size = figure.querySelector('.size');
  const kind = figure.querySelector('.kind').textContent;
  const address = URL.createObjectURL(picture);
  say(size, bytes(picture.size));
  image.onload = () => {
    image.hidden = false;
    image.alt = `The ${kind}, ${image.naturalWidth} by ${image.naturalHeight} pixels`;
    say(size, `${image.naturalWidth} × ${image.naturalHeight}, ${bytes(picture.size)}`);
  };
  // What is broken has no picture to show; its size is told all the same.
  image.onerror = () => {
    image.hidden = true;
  };
  image.src = address;
  return address;
}

function clear(figure) {
  const image = figure.querySelector('img');
  URL.revokeObjectURL(image.src);
  image.onerror = null;
  image.removeAttribute('src');
  image.hidden = true;
  say(figure.querySelector('.size'), '');
}
