/** Numbers as a reader wants them. */

/**
 * A duration: `0.4 ms`, `342 ms`, `1.24 s`.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/**
 * A duration that is still growing: fewer digits, so that it can be read while it runs.
 * @param {number} ms
 */
export function growing(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * A size: `812 bytes`, `94 kB`, `3.21 MB`.
 * @param {number} count
 */
export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  if (count < 999_500) return `${Math.round(count / 1000)} kB`;
  return `${(count / 1e6).toPrecision(3)} MB`;
}

/**
 * Writes a text into an element, and leaves it alone where it says so already: screen readers and
 * the layout then have nothing to do.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
