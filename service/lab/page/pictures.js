/** Built-in pictures: painted here, so that nothing is downloaded. */

const painted = new Map();

/**
 * A JPEG that looks like a photograph to a codec. Painted at the first call, in a worker: the page
 * must go on listening to the heartbeat meanwhile.
 * @param {number} megapixels
 * @returns {Promise<Blob>}
 */
export function builtIn(megapixels) {
  if (!painted.has(megapixels)) painted.set(megapixels, paint(megapixels));
  return painted.get(megapixels);
}

function paint(megapixels) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./painter.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => {
      resolve(data);
      worker.terminate();
    };
    worker.onerror = () => {
      painted.delete(megapixels);
      reject(new Error('this browser cannot paint a picture in a worker'));
    };
    worker.postMessage(megapixels);
  });
}
