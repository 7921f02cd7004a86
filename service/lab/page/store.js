/** Pictures that are kept under a name: what the client asks, and what C++ asked of Rust for it. */

import { refusal } from './client.js';
import { bytes, duration, say } from './format.js';
import { builtIn } from './pictures.js';

const by = (id) => document.getElementById(id);

/** Listens to the form. */
export function prepareStore() {
  by('store-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const method = event.submitter?.value ?? 'PUT';
    const name = by('store-name').value;
    say(by('store-outcome'), `${method} /images/${name}`);
    showAsked('');
    by('store-picture').hidden = true;
    try {
      await ask(method, name);
    } catch (error) {
      say(by('store-outcome'), [error.message, error.detail].filter(Boolean).join('. '));
    }
  });
}

async function ask(method, name) {
  const body = method === 'PUT' ? await builtIn(Number(by('store-megapixels').value)) : undefined;
  const begun = performance.now();
  const response = await fetch(`/images/${encodeURIComponent(name)}`, { method, body });
  if (!response.ok) throw await refusal(response);
  const took = duration(performance.now() - begun);
  say(by('store-outcome'), `${response.status} after ${took}: ${meaning(method, response)}`);
  showAsked(response.headers.get('server-timing') ?? '');
  if (method === 'GET') show(await response.blob(), name);
}

function meaning(method, { status }) {
  if (method === 'DELETE') return 'it is gone';
  if (method === 'GET') return 'read from the store, through Rust alone';
  return status === 201 ? 'converted, and kept' : 'there was one of that name, so nothing was converted';
}

/**
 * Takes a header `Server-Timing` apart.
 * @param {string} header
 * @returns {{what: string, ms: number}[]}
 */
export function questions(header) {
  return header.split(',').flatMap((entry) => {
    const [, what] = entry.match(/desc="([^"]*)"/) ?? [];
    const [, ms] = entry.match(/dur=([\d.]+)/) ?? [];
    return what === undefined ? [] : [{ what, ms: Number(ms) }];
  });
}

function showAsked(header) {
  const asked = questions(header);
  by('store-asked').hidden = asked.length === 0;
  by('store-asked').replaceChildren(...asked.map(({ what, ms }) => {
    const item = document.createElement('li');
    item.textContent = `C++ awaited Rust to ${what}: ${duration(ms)}`;
    return item;
  }));
}

function show(png, name) {
  const image = by('store-picture').querySelector('img');
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(png);
  image.alt = `The PNG that is kept as ${name}`;
  say(by('store-picture').querySelector('.size'), bytes(png.size));
  by('store-picture').hidden = false;
}
