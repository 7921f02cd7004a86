/** The strips of the chart: each draws one thing over the last half minute, now at its right. */

import { colour } from './colours.js';
import { duration } from './format.js';
import { LATE, SPAN } from './heart.js';

const PADDING = 4;
/** The scale of lag is logarithmic: a healthy beat and a frozen loop are a thousandfold apart. */
const LAG = {
  least: 0.25,
  most: 4000,
  marks: { 1: '1 ms', 10: '10 ms', 100: '100 ms', 1000: '1 s' },
};
/** From this height on there is room for the labels of the scale. */
const ROOMY = 44;

/** A canvas that is as sharp as the screen, whatever its size. */
export class Strip {
  #context;
  #now = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.#context = canvas.getContext('2d');
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  #resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.#context.scale(devicePixelRatio, devicePixelRatio);
    this.#context.font = `10px ${getComputedStyle(this.canvas).fontFamily}`;
  }

  #x(at) {
    return this.width * (1 - (this.#now - at) / SPAN);
  }

  #begin(now) {
    this.#now = now;
    this.#context.clearRect(0, 0, this.width, this.height);
    for (let back = 5000; back < SPAN; back += 5000) {
      this.#vertical(now - back, colour('grid'));
    }
  }

  #vertical(at, style) {
    this.#context.fillStyle = style;
    this.#context.fillRect(Math.round(this.#x(at)), 0, 1, this.height);
  }

  #horizontal(y, style) {
    this.#context.fillStyle = style;
    this.#context.fillRect(0, Math.round(y), this.width, 1);
  }

  /** A label on a line, with a rim that keeps it readable over whatever is drawn there. */
  #label(text, y) {
    const context = this.#context;
    const baseline = Math.max(9, Math.round(y) - 3);
    context.textAlign = 'left';
    context.lineJoin = 'round';
    context.lineWidth = 4;
    context.strokeStyle = colour('well');
    context.strokeText(text, 3, baseline);
    context.fillStyle = colour('label');
    context.fillText(text, 3, baseline);
  }

  #band(from, to, style) {
    const left = Math.max(0, this.#x(from));
    const width = Math.max(1, this.#x(to) - left);
    this.#context.fillStyle = style;
    this.#context.fillRect(left, 0, width, this.height);
    return { left, width };
  }

  #marks(marks) {
    const context = this.#context;
    context.strokeStyle = colour('label');
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    for (const { at } of marks) {
      const x = Math.round(this.#x(at)) + 0.5;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.height);
      context.stroke();
    }
    context.setLineDash([]);
  }

  /**
   * One event loop: how late its beats came, and when it was blocked.
   * @param {import('./heart.js').Heart} heart
   * @param {number} loop
   * @param {number} now
   * @param {{at: number}[]} marks
   */
  drawLoop(heart, loop, now, marks) {
    this.#begin(now);
    for (const lag of Object.keys(LAG.marks)) this.#horizontal(this.#lagY(lag), colour('grid'));
    const spans = [...heart.blocked(loop), ...heart.silence(loop, now)];
    const isUnheard = ({ kind }) => kind === 'unheard';
    for (const { from, to = now } of [...heart.gaps, ...spans.filter(isUnheard)]) {
      this.#band(from, to, colour('hatch'));
    }
    const beats = heart.loops[loop];
    const until = heart.state(loop, now).kind === 'beating' ? now : beats.at(-1)?.at;
    this.#trace(beats, until);
    for (const span of spans) {
      if (!isUnheard(span)) this.#blocked(span.from, span.to);
    }
    this.#marks(marks);
    if (this.height < ROOMY) return;
    for (const [lag, label] of Object.entries(LAG.marks)) this.#label(label, this.#lagY(lag));
  }

  #lagY(lag) {
    const { least, most } = LAG;
    const share = Math.log(Math.min(most, Math.max(least, lag)) / least) / Math.log(most / least);
    return this.height - PADDING - share * (this.height - 2 * PADDING);
  }

  #trace(beats, until) {
    const context = this.#context;
    context.beginPath();
    let last = -Infinity;
    for (const { at, lag } of beats) {
      // A late beat is drawn as a blocked span, and one that was never heard is not made up.
      const joins = lag <= LATE && at - last < 3 * LATE + 100;
      context[joins ? 'lineTo' : 'moveTo'](this.#x(at), this.#lagY(lag));
      last = at;
    }
    if (last > 0) context.lineTo(this.#x(until), this.#lagY(beats.at(-1).lag));
    context.strokeStyle = colour('trace');
    context.lineWidth = 1.4;
    context.stroke();
  }

  /** A blocked span: lag grows for as long as it lasts. */
  #blocked(from, to) {
    const { left, width } = this.#band(from, to, colour('blocked-fill'));
    const context = this.#context;
    context.fillStyle = colour('blocked');
    context.fillRect(left, this.height - 3, width, 3);
    context.beginPath();
    context.moveTo(left, this.height);
    for (let x = 0; x <= width; x += 2) {
      context.lineTo(left + x, this.#lagY((x / width) * (to - from)));
    }
    context.lineTo(left + width, this.#lagY(to - from));
    context.strokeStyle = colour('blocked');
    context.lineWidth = 1.4;
    context.stroke();
    const label = duration(to - from);
    if (width < context.measureText(label).width + 4) return;
    context.textAlign = 'right';
    context.fillStyle = colour('blocked');
    context.fillText(label, left + width - 2, this.height - 8);
  }

  /**
   * Conversions in flight, those that wait for a thread in another colour.
   * @param {import('./heart.js').Heart} heart
   * @param {number} now
   * @param {{at: number}[]} marks
   */
  drawInFlight(heart, now, marks) {
    this.#begin(now);
    const threads = heart.server?.pool_threads;
    const held = heart.samples.map(
      ({ at, inFlight, live }) => ({ at, value: Math.max(inFlight, live) }),
    );
    const top = Math.max(4, (threads ?? 0) * 2, ...held.map(({ value }) => value));
    const busy = held.map(({ at, value }) => ({ at, value: Math.min(value, threads ?? value) }));
    this.#steps(busy, top, now, colour('trace'));
    if (threads) {
      const y = this.#y(threads, top);
      this.#above(y, () => this.#steps(held, top, now, colour('waiting')));
      this.#horizontal(y, colour('label'));
      this.#label(threads === 1 ? '1 thread' : `${threads} threads`, y);
    }
    this.#marks(marks);
  }

  /**
   * CPU time per time: 1 is one core.
   * @param {import('./heart.js').Heart} heart
   * @param {number} now
   * @param {{at: number}[]} marks
   */
  drawCpu(heart, now, marks) {
    this.#begin(now);
    const uses = heart.cpuUse();
    const top = Math.max(1.25, ...uses.map(({ cores }) => cores));
    const points = uses.map(({ from, cores }) => ({ at: from, value: cores }));
    this.#steps(points, top, uses.at(-1)?.to ?? now, colour('trace'));
    this.#horizontal(this.#y(1, top), colour('label'));
    this.#label('one core', this.#y(1, top));
    this.#marks(marks);
  }

  #above(y, draw) {
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(0, 0, this.width, y);
    this.#context.clip();
    draw();
    this.#context.restore();
  }

  #y(value, top) {
    return this.height - (value / top) * (this.height - PADDING);
  }

  /** An area with a flat top from each point to the next, and to `end` from the last. */
  #steps(points, top, end, style) {
    if (points.length === 0) return;
    const context = this.#context;
    context.beginPath();
    context.moveTo(this.#x(points[0].at), this.height);
    points.forEach(({ at, value }, index) => {
      const y = this.#y(value, top);
      context.lineTo(this.#x(at), y);
      context.lineTo(this.#x(points[index + 1]?.at ?? end), y);
    });
    context.lineTo(this.#x(end), this.height);
    context.closePath();
    context.globalAlpha = 0.55;
    context.fillStyle = style;
    context.fill();
    context.globalAlpha = 1;
  }

  /**
   * The axis below all strips: seconds ago, and what the reader did.
   * @param {number} now
   * @param {{at: number, label: string}[]} marks
   */
  drawAxis(now, marks) {
    this.#now = now;
    const context = this.#context;
    context.clearRect(0, 0, this.width, this.height);
    context.fillStyle = colour('label');
    context.textAlign = 'center';
    for (let back = 5000; back < SPAN; back += 5000) {
      context.fillText(`−${back / 1000} s`, this.#x(now - back), 10);
    }
    context.textAlign = 'right';
    context.fillText('now', this.width, 10);
    this.#labels(marks);
  }

  /** The newest first; a label for which there is no room is left out, its line stays. */
  #labels(marks) {
    const context = this.#context;
    const space = 6;
    let right = this.width + space;
    for (const { at, label } of marks.toReversed()) {
      const { width } = context.measureText(label);
      const x = Math.min(this.#x(at) + width / 2, this.width);
      if (x > right - space) continue;
      context.fillText(label, x, 23);
      right = x - width;
    }
  }
}
