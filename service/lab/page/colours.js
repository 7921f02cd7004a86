/** The colours of the style sheet, for the canvases. */

const NAMES = ['trace', 'blocked', 'blocked-fill', 'unheard', 'grid', 'label', 'waiting', 'well'];

let colours = {};

/** Reads the colours, again whenever the reader turns to light or dark. */
export function followScheme() {
  read();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', read);
}

function read() {
  const style = getComputedStyle(document.documentElement);
  colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`)]));
  colours.hatch = hatch(colours.unheard);
}

function hatch(colour) {
  const size = 8;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d');
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat');
}

/**
 * A colour by its name in the style sheet, or `hatch` for the pattern of what is not known.
 * @param {string} name
 */
export function colour(name) {
  return colours[name];
}
