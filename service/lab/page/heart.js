/** What is known of the event loops: the beats heard, and what their absence means. */

/** Milliseconds between two beats of a loop. */
export const PERIOD = 100;
/** Milliseconds shown on the chart. */
export const SPAN = 30_000;
/** A beat later than this says that the loop was blocked. */
export const LATE = 50;
/** Without a beat for longer than this a loop counts as silent. */
const SILENT = 250;

/**
 * How a loop is.
 * @typedef {{kind: 'beating' | 'blocked' | 'unheard' | 'lost', since: number}} State
 */

/** All loops of the server, and how much it had to do at each beat. */
export class Heart {
  /** What the server said of itself. */
  server = null;
  /** The last beat of any loop. */
  latest = null;
  /** For each loop its beats, `{at, lag}`, in order. */
  loops = [];
  /** At the beats of all loops: `{at, inFlight, live, cpu}`, in order. */
  samples = [];
  /** When there was no connection: `{from, to}`; the last one has no end while it lasts. */
  gaps = [];
  #lastBeat = [];

  /** The stream of events has begun, perhaps again. */
  begin(server, now) {
    const gap = this.gaps.at(-1);
    if (gap) gap.to ??= now;
    this.gaps = this.gaps.filter(({ to }) => to > now - SPAN);
    this.server = server;
    this.samples = [];
    this.loops = Array.from({ length: server.workers }, (_, loop) => this.loops[loop] ?? []);
    this.#lastBeat = this.loops.map(() => now);
  }

  /** The stream has ended. */
  lose(now) {
    if (this.connected) this.gaps.push({ from: now, to: undefined });
  }

  get connected() {
    return this.server !== null && (this.gaps.length === 0 || this.gaps.at(-1).to !== undefined);
  }

  /** A loop has beaten, in the page's time `at`. */
  beat(event, at) {
    const beats = this.loops[event.event_loop];
    if (!beats) return;
    beats.push({ at, lag: event.lag_ms });
    this.#lastBeat[event.event_loop] = at;
    this.latest = event;
    this.#sample(event, at);
    const old = at - SPAN - 1000;
    forget(beats, old);
    forget(this.samples, old);
  }

  #sample(event, at) {
    // Loops overtake each other by a little; a sample from the past says nothing new.
    if (at <= (this.samples.at(-1)?.at ?? -Infinity)) return;
    this.samples.push({
      at,
      inFlight: event.in_flight,
      live: event.cpp_live,
      cpu: event.cpu_seconds,
    });
  }

  /**
   * How a loop is now.
   * @param {number} loop
   * @param {number} now
   * @returns {State}
   */
  state(loop, now) {
    if (!this.connected) return { kind: 'lost', since: this.gaps.at(-1)?.from ?? now };
    const since = this.#lastBeat[loop] + PERIOD;
    const isSilent = (last) => now - last > SILENT;
    if (!isSilent(this.#lastBeat[loop])) return { kind: 'beating', since };
    // If others are heard, the silence is this loop's own. If none is, all that is known is that
    // the loop which carries the events is blocked: it may hold back the beats of the others.
    const othersBeat = !this.#lastBeat.every(isSilent);
    const carries = loop === this.server.event_loop || this.loops.length === 1;
    if (othersBeat || carries) return { kind: 'blocked', since };
    return { kind: 'unheard', since: Math.max(since, ...this.#lastBeat) };
  }

  /**
   * What the silence since a loop's last beat means: nothing, or spans up to now.
   * @param {number} loop
   * @param {number} now
   * @returns {{kind: 'blocked' | 'unheard', from: number, to: number}[]}
   */
  silence(loop, now) {
    const { kind, since } = this.state(loop, now);
    if (kind !== 'blocked' && kind !== 'unheard') return [];
    const from = this.#lastBeat[loop] + PERIOD;
    const silence = { kind, from: since, to: now };
    // The others were still heard when this loop had fallen silent.
    const wasAlone = since - from > SILENT - PERIOD;
    return wasAlone ? [{ kind: 'blocked', from, to: since }, silence] : [silence];
  }

  /**
   * When a loop was blocked, as its own late beats tell, in order.
   * @param {number} loop
   * @returns {{from: number, to: number}[]}
   */
  blocked(loop) {
    return this.loops[loop]
      .filter(({ lag }) => lag > LATE)
      .map(({ at, lag }) => ({ from: at - lag, to: at }));
  }

  /**
   * CPU seconds used up to a moment of the last half minute.
   * @param {number} at
   */
  cpuUntil(at) {
    const next = this.samples.findIndex((sample) => sample.at >= at);
    if (next <= 0) return this.samples.at(next)?.cpu ?? 0;
    const [before, after] = [this.samples[next - 1], this.samples[next]];
    const share = (at - before.at) / (after.at - before.at);
    return before.cpu + share * (after.cpu - before.cpu);
  }

  /**
   * How many cores were busy in each stretch of time: long enough to measure, short enough to see.
   * @returns {{from: number, to: number, cores: number}[]}
   */
  cpuUse() {
    const shortest = 180;
    const uses = [];
    let begin = this.samples[0];
    for (const sample of this.samples) {
      const ms = sample.at - begin.at;
      if (ms < shortest) continue;
      uses.push({ from: begin.at, to: sample.at, cores: (sample.cpu - begin.cpu) * 1000 / ms });
      begin = sample;
    }
    return uses;
  }
}

function forget(entries, before) {
  const kept = entries.findIndex(({ at }) => at >= before);
  if (kept > 0) entries.splice(0, kept);
}
