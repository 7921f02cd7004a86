/** Twenty conversions at once, to the end or left in the middle. */

import { convert } from './client.js';
import { duration, say } from './format.js';
import { builtIn } from './pictures.js';

const COUNT = 20;
/** When clients leave, in milliseconds. */
const PATIENCE = 100;
/** How long the server is watched after they left, in milliseconds: until it rests. */
const WATCH = { least: 2000, most: 60_000 };
/** A server that uses less of a core than this rests. */
const REST = 0.05;
/** By when the browser has told all it measured and the page shows it, in milliseconds. */
const SETTLED = 300;

const by = (id) => document.getElementById(id);

/** One request of a run. All times are milliseconds since the run began. */
class Row {
  /** When it went out: unknown until it has ended, and where it never went out. */
  sent = undefined;
  ended = undefined;
  outcome = 'pending';
  /** Whether it was given up while it waited in the browser. */
  unsent = false;
  #wait = document.createElement('i');
  #work = document.createElement('i');
  #text = document.createElement('span');

  constructor() {
    this.item = document.createElement('li');
    const bar = document.createElement('span');
    bar.className = 'bar';
    this.#wait.className = 'wait';
    this.#work.className = 'work';
    bar.append(this.#wait, this.#work);
    this.#text.className = 'took';
    this.item.append(bar, this.#text);
  }

  /** From being sent to the answer; from the beginning where the browser does not tell. */
  get took() {
    return this.ended - (this.sent ?? 0);
  }

  end(outcome, text, now) {
    this.outcome = outcome;
    this.ended = now;
    this.item.dataset.outcome = outcome;
    this.#text.textContent = text;
  }

  fail(error, now) {
    this.reason = error.message;
    this.end('failed', error.status ? `HTTP ${error.status}` : 'no answer', now);
  }

  draw(scale, now) {
    const end = this.ended ?? now;
    const sent = this.unsent ? end : this.sent ?? 0;
    this.#wait.style.width = `${100 * sent / scale}%`;
    this.#work.style.width = `${100 * (end - sent) / scale}%`;
    if (this.outcome === 'answered') this.#text.textContent = duration(this.took);
  }
}

/** The part of the page that puts the server under load. */
export class Load {
  #heart;
  #mark;
  #rows = [];
  #begun = 0;
  #busy = false;
  #number = 0;
  #watch = null;

  /**
   * @param {import('./heart.js').Heart} heart
   * @param {(label: string) => void} mark marks the moment on the chart
   */
  constructor(heart, mark) {
    this.#heart = heart;
    this.#mark = mark;
    this.#measure();
    say(by('note'), note());
    by('send').addEventListener('click', () => this.#start(Infinity));
    by('leave').addEventListener('click', () => this.#start(PATIENCE));
  }

  /** The browser tells when each request went out, once it has ended. */
  #measure() {
    const observer = new PerformanceObserver((list) => {
      for (const { name, requestStart } of list.getEntries()) {
        const [, run, row] = name.match(/\/convert\?run=(\d+)&row=(\d+)$/) ?? [];
        const isOurs = Number(run) === this.#number && requestStart > 0;
        if (isOurs) this.#rows[row].sent = requestStart - this.#begun;
      }
    });
    observer.observe({ type: 'resource' });
  }

  async #start(patience) {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#watch = null;
    say(by('aftermath'), '');
    try {
      say(by('progress'), 'Painting the picture');
      await this.#run(await builtIn(Number(by('megapixels').value)), patience);
    } catch (error) {
      say(by('progress'), error.message);
    }
    this.#setBusy(false);
  }

  #setBusy(busy) {
    this.#busy = busy;
    for (const id of ['send', 'leave']) by(id).setAttribute('aria-disabled', String(busy));
  }

  async #run(jpeg, patience) {
    this.#number += 1;
    this.#rows = Array.from({ length: COUNT }, () => new Row());
    by('rows').replaceChildren(...this.#rows.map(({ item }) => item));
    by('rows').hidden = false;
    const leaving = new AbortController();
    const before = this.#heart.latest?.ended;
    this.#begun = performance.now();
    if (patience === Infinity) this.#mark(`${COUNT} sent`);
    const answers = this.#rows.map((row, index) => this.#send(jpeg, row, index, leaving.signal));
    if (patience < Infinity) setTimeout(() => this.#leave(leaving, before), patience);
    await Promise.all(answers);
    // The last of them is measured by then, and the text on the page says all.
    setTimeout(() => this.#announce('progress'), SETTLED);
  }

  /** Says a text of the page aloud: once, not with each of its changes. */
  #announce(id) {
    say(by('load-announce'), by(id).textContent);
  }

  async #send(jpeg, row, index, signal) {
    const since = () => performance.now() - this.#begun;
    try {
      await convert(jpeg, { signal, mark: `?run=${this.#number}&row=${index}` });
      row.end('answered', '', since());
    } catch (error) {
      if (signal.aborted) row.end('left', row.unsent ? 'not sent' : 'left', since());
      else row.fail(error, since());
    }
  }

  #leave(leaving, before) {
    if (this.#rows.every(({ ended }) => ended !== undefined)) return;
    // Of a request that is given up the browser does not tell whether it went out. But it sends them
    // in order, and so many travel at a time.
    const answered = this.#rows.filter(({ ended }) => ended !== undefined).length;
    for (const row of this.#rows.slice(answered + atOnce())) row.unsent = true;
    leaving.abort();
    this.#mark(`${COUNT} left`);
    if (before) this.#watch = { left: performance.now(), before };
  }

  /**
   * Draws what has changed.
   * @param {number} now
   */
  draw(now) {
    if (this.#rows.length === 0) return;
    const since = now - this.#begun;
    const pending = this.#rows.some(({ ended }) => ended === undefined);
    const end = Math.max(...this.#rows.map(({ ended }) => ended ?? since));
    for (const row of this.#rows) row.draw(end, since);
    this.#showProgress(pending ? undefined : end);
    if (this.#watch) this.#showAftermath(now);
  }

  #showProgress(end) {
    const count = (outcome) => this.#rows.filter((row) => row.outcome === outcome).length;
    const parts = [`${count('answered')} of ${COUNT} answered`];
    for (const outcome of ['left', 'failed']) {
      if (count(outcome) > 0) parts.push(`${count(outcome)} ${outcome}`);
    }
    const unsent = this.#rows.filter((row) => row.unsent).length;
    if (unsent > 0) parts.push(`${unsent} of those before the browser had sent them`);
    const when = end === undefined ? '' : ` after ${duration(end)}`;
    const reason = this.#rows.find(({ outcome }) => outcome === 'failed')?.reason;
    const took = this.#rows.filter(({ outcome }) => outcome === 'answered').map((row) => row.took);
    const range = took.length > 1 && end !== undefined
      ? ` Once sent, each took ${duration(Math.min(...took))} to ${duration(Math.max(...took))}.`
      : '';
    say(by('progress'), `${parts.join(', ')}${when}${reason ? `: ${reason}` : ''}.${range}`);
  }

  /** What the server still does for clients that have left. */
  #showAftermath(now) {
    const { left, before } = this.#watch;
    const { samples, latest } = this.#heart;
    if (!(samples.at(-1)?.at > left)) return;
    const cpu = samples.at(-1).cpu - this.#heart.cpuUntil(left);
    const ended = Object.keys(before)
      .map((outcome) => [outcome, latest.ended[outcome] - before[outcome]])
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${outcome}`);
    if (latest.in_flight > 0) ended.push(`${latest.in_flight} in flight`);
    say(by('aftermath'), `After they left the server used ${duration(cpu * 1000)} of CPU. `
      + `What it got of the ${COUNT}: ${ended.join(', ') || 'nothing'}.`);
    const rests = (this.#heart.cpuUse().at(-1)?.cores ?? 0) < REST && latest.in_flight === 0;
    const watched = now - left;
    if ((rests && watched > WATCH.least) || watched > WATCH.most) {
      this.#watch = null;
      this.#announce('aftermath');
    }
  }
}

/** How many requests the browser really sends at once depends on how it reaches the server. */
function atOnce() {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation?.nextHopProtocol?.startsWith('http/1') ? 5 : COUNT;
}

function note() {
  return atOnce() < COUNT
    ? 'A browser opens six connections to a server at most, and the chart holds one. So five '
      + 'pictures travel at a time; the others wait in the browser, drawn pale.'
    : 'What waits in the browser before it is sent is drawn pale.';
}
