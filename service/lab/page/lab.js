/** The lab page: puts its parts together, and draws. */

import { showChapters } from './book.js';
import { followScheme } from './colours.js';
import { prepareConversion } from './convert.js';
import { listen } from './events.js';
import { duration, growing, say } from './format.js';
import { Heart, LATE, SPAN } from './heart.js';
import { Load } from './load.js';
import { prepareStore } from './store.js';
import { Strip } from './strips.js';

/** Milliseconds between two drawings: a pixel of the chart takes as long. */
const FRAME = 40;
/** The same for readers who want less motion. */
const CALM_FRAME = 1000;
/** A gap of this length between two frames means that the page itself was held up. */
const HELD_UP = 200;
/** How long a span that is over is still told in words. */
const REMEMBERED = 3000;
/** At most one announcement in this time, or a screen reader would talk without end. */
const ANNOUNCE_EVERY = 4000;
/** Of a loop's lane: where there is one loop, two, up to four, and more. */
const SIZES = ['large', 'medium', 'small', 'tiny'];

/** What is worth trying next, for each step. */
const TRY = {
  1: 'Try: convert 20 megapixels, and watch the heart of its loop stop.',
  2: 'Try: send 20 at once, and watch the hearts beat on while the queue waits.',
  3: 'Try: leave in the middle, and compare the CPU time with that of step 1.',
  4: 'Try: PUT a picture twice under one name, and count what C++ asked of Rust.',
};

const by = (id) => document.getElementById(id);
const heart = new Heart();
const marks = [];
const load = new Load(heart, (label) => {
  marks.push({ at: performance.now(), label });
});
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const axis = new Strip(by('axis'));
const inFlight = lane(by('in-flight'));
const cpu = lane(by('cpu'));
let loops = [];

function lane(item) {
  return {
    strip: new Strip(item.querySelector('canvas')),
    state: item.querySelector('.lane-state'),
  };
}

function addLoops(server) {
  if (loops.length === server.workers) return;
  const list = by('loops');
  list.dataset.size = SIZES.find((_, size) => server.workers <= 2 ** size) ?? SIZES.at(-1);
  list.replaceChildren(...Array.from({ length: server.workers }, (_, loop) => {
    const item = by('in-flight').cloneNode(true);
    item.removeAttribute('id');
    item.querySelector('.lane-name').textContent = `loop ${loop}`;
    return item;
  }));
  loops = Array.from(list.children, lane);
}

function showServer(server) {
  const [number, ...words] = server.step.split('-');
  const name = words.join(' ').replace('cpp', 'C++').replace(/^\w/, (first) => first.toUpperCase());
  say(by('step'), `Step ${Number(number)}: ${name}`);
  say(by('executor'), `C++ runs on ${server.executor}`);
  document.title = `${server.step} on ${server.executor}`;
  showChapters(by('book'), server);
  say(by('try'), TRY[Number(number)] ?? '');
  by('store').hidden = !server.keeps_pictures;
}

function showLink(state, text) {
  by('link').dataset.state = state;
  say(by('link'), text);
}

function showCounts({ ended, in_flight: flying, cpp_live: live }) {
  const { pool_threads: threads, places } = heart.server;
  for (const [outcome, count] of Object.entries(ended)) say(by(outcome), String(count));
  say(by('flying'), String(flying));
  say(by('waiting'), threads === null ? 'no pool' : String(Math.max(0, live - threads)));
  say(by('places'), places === null ? 'no bound' : String(places));
  const forNobody = Math.max(0, live - flying);
  const more = forNobody > 0 ? `, and ${forNobody} for nobody` : ' at the last beat';
  say(inFlight.state, flying + more);
}

function showCpu() {
  const use = heart.cpuUse().at(-1);
  if (use) say(cpu.state, `${Math.round(100 * use.cores)} % of a core`);
}

/** How one loop is, in words. */
function tell(loop, now) {
  const { kind, since } = heart.state(loop, now);
  if (kind === 'lost') return { kind, text: 'no connection' };
  if (kind === 'blocked') return { kind, text: `blocked for ${growing(now - since)}` };
  if (kind === 'unheard') return { kind, text: `not heard for ${growing(now - since)}` };
  const last = heart.blocked(loop).at(-1);
  if (last && now - last.to < REMEMBERED) {
    return { kind: 'late', text: `was blocked ${duration(last.to - last.from)}` };
  }
  const recent = heart.loops[loop].filter(({ at }) => at > now - 1000);
  const worst = Math.max(0, ...recent.map(({ lag }) => lag));
  return { kind, text: recent.length > 0 ? `within ${Math.ceil(worst)} ms` : 'no beat yet' };
}

function times(count) {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

/** How all loops are, in a line. */
function summarise(told, now) {
  if (!heart.connected) return 'the server does not answer';
  const blocked = told.flatMap(
    ({ kind, text }, loop) => (kind === 'blocked' ? `loop ${loop}: ${text}` : []),
  );
  if (blocked.length > 0) return blocked.join('; ');
  const spans = told.flatMap((_, loop) => heart.blocked(loop)).filter(({ to }) => to > now - SPAN);
  if (spans.length === 0) return `no beat more than ${LATE} ms late`;
  const longest = duration(Math.max(...spans.map(({ from, to }) => to - from)));
  return `blocked ${times(spans.length)} in half a minute, at longest for ${longest}`;
}

let announced = { at: -Infinity, blocked: false };

/** Says aloud that a block begins or is over, not how it goes on. */
function announce(told, text, now) {
  const blocked = told.some(({ kind }) => kind === 'blocked');
  if (blocked === announced.blocked || now - announced.at < ANNOUNCE_EVERY) return;
  announced = { at: now, blocked };
  say(by('announce'), blocked ? text : `All loops beat again: ${text}`);
}

function draw(now) {
  while (marks[0]?.at < now - SPAN) marks.shift();
  const told = loops.map((_, loop) => tell(loop, now));
  loops.forEach(({ strip, state }, loop) => {
    strip.drawLoop(heart, loop, now, marks);
    say(state, told[loop].text);
    state.dataset.kind = told[loop].kind;
  });
  inFlight.strip.drawInFlight(heart, now, marks);
  cpu.strip.drawCpu(heart, now, marks);
  axis.drawAxis(now, marks);
  if (loops.length > 0) {
    const text = summarise(told, now);
    say(by('summary'), text);
    announce(told, text, now);
  }
  load.draw(now);
}

let lastFrame = 0;
let lastDrawn = 0;
let heldUp = false;

function frame() {
  const now = performance.now();
  // Beats that came while the page could not listen are read first: they are no silence. But a
  // page that is always slow must draw some time.
  heldUp = !heldUp && now - lastFrame > HELD_UP;
  lastFrame = now;
  if (!heldUp && now - lastDrawn >= (calm.matches ? CALM_FRAME : FRAME)) {
    lastDrawn = now;
    draw(now);
  }
  requestAnimationFrame(frame);
}

followScheme();
prepareConversion(heart);
prepareStore();
listen({
  server(event) {
    heart.begin(event, performance.now());
    addLoops(event);
    showServer(event);
    say(by('last'), '–');
    showLink('open', 'connected');
  },
  heartbeat(event, at) {
    heart.beat(event, at);
    showCounts(event);
    showCpu();
  },
  conversion({ ms }) {
    say(by('last'), duration(ms));
  },
  lost() {
    heart.lose(performance.now());
    showLink('lost', 'the server does not answer');
  },
});
requestAnimationFrame(frame);
