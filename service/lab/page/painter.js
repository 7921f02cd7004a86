/** A worker that paints hills at dusk, with the grain of a film, and gives them as a JPEG. */

const QUALITY = 0.9;

self.onmessage = async ({ data: megapixels }) => {
  // 1600 x 1200 for 2 megapixels, 5120 x 3840 for 20.
  const height = 240 * Math.floor(Math.sqrt(megapixels * 1e6 * 3 / 4) / 240);
  const canvas = new OffscreenCanvas(height * 4 / 3, height);
  paint(canvas);
  self.postMessage(await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY }));
};

function paint(canvas) {
  const context = canvas.getContext('2d');
  const random = generator(20);
  context.save();
  context.scale(canvas.width, canvas.height);
  paintSky(context);
  for (let ridge = 0; ridge < 7; ridge += 1) paintRidge(context, ridge / 6, random);
  context.restore();
  paintGrain(context, random);
}

function paintSky(context) {
  const sky = context.createLinearGradient(0, 0, 0, 1);
  sky.addColorStop(0, '#2d4a63');
  sky.addColorStop(0.35, '#b98d86');
  sky.addColorStop(0.6, '#f3c98b');
  context.fillStyle = sky;
  context.fillRect(0, 0, 1, 1);
  const sun = context.createRadialGradient(0.68, 0.4, 0.01, 0.68, 0.4, 0.4);
  sun.addColorStop(0, '#fff4d6');
  sun.addColorStop(0.09, '#ffe3a8cc');
  sun.addColorStop(1, '#ffe3a800');
  context.fillStyle = sun;
  context.fillRect(0, 0, 1, 1);
}

/** A ridge: sine waves, each twice as fine and half as high as the one before. */
function paintRidge(context, depth, random) {
  const waves = Array.from({ length: 9 }, (_, octave) => ({
    height: 0.09 / 1.9 ** octave,
    pace: 4 * 2 ** octave * (0.8 + 0.4 * random()),
    phase: 2 * Math.PI * random(),
  }));
  const y = (x) => waves.reduce(
    (sum, wave) => sum + wave.height * Math.sin(wave.pace * x + wave.phase),
    0.46 + 0.44 * depth,
  );
  context.fillStyle = `hsl(${205 - 25 * depth} ${18 + 14 * depth}% ${58 - 48 * depth}% / 0.93)`;
  context.beginPath();
  context.moveTo(0, 1);
  for (let x = 0; x <= 1; x += 1 / 1600) context.lineTo(x, y(x));
  context.lineTo(1, 1);
  context.fill();
}

/** Noise, as any sensor has it. Without it the codec would have next to nothing to do. */
function paintGrain(context, random) {
  const size = 512;
  const tile = new OffscreenCanvas(size, size);
  const grain = new ImageData(size, size);
  for (let at = 0; at < grain.data.length; at += 4) {
    const light = random() < 0.5 ? 0 : 255;
    grain.data.set([light, light, light, 38 * random() * random()], at);
  }
  tile.getContext('2d').putImageData(grain, 0, 0);
  context.fillStyle = context.createPattern(tile, 'repeat');
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

/** The same numbers each time (mulberry32), so that two runs send the same picture. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
