// What the page makes of beats, and of none. Run with `node --test`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Heart } from '../heart.js';

/** A server with two loops, the first of which carries the events. */
function heart() {
  const heart = new Heart();
  heart.begin({ workers: 2, event_loop: 0 }, 0);
  return heart;
}

function beat(heart, loop, at, { lag = 1, cpu = 0 } = {}) {
  const load = { in_flight: 0, cpp_live: 0, cpu_seconds: cpu };
  heart.beat({ event_loop: loop, lag_ms: lag, ...load }, at);
}

test('a loop that beats is well', () => {
  const seen = heart();
  beat(seen, 0, 1000);
  assert.equal(seen.state(0, 1200).kind, 'beating');
  assert.deepEqual(seen.silence(0, 1200), []);
  assert.deepEqual(seen.blocked(0), []);
});

test('a loop that is silent while another beats is blocked since its beat was due', () => {
  const seen = heart();
  beat(seen, 1, 1000);
  beat(seen, 0, 1900);
  assert.deepEqual(seen.silence(1, 2000), [{ kind: 'blocked', from: 1100, to: 2000 }]);
});

test('when nothing comes at all, the loop that carries the events is blocked', () => {
  const seen = heart();
  beat(seen, 0, 1000);
  beat(seen, 1, 1000);
  assert.equal(seen.state(0, 2000).kind, 'blocked');
  assert.equal(seen.state(1, 2000).kind, 'unheard');
});

test('a loop that was blocked before nothing came any more stays so until then', () => {
  const seen = heart();
  beat(seen, 1, 1000);
  beat(seen, 0, 2000);
  assert.deepEqual(seen.silence(1, 3000), [
    { kind: 'blocked', from: 1100, to: 2000 },
    { kind: 'unheard', from: 2000, to: 3000 },
  ]);
});

test('a late beat says from when its loop was blocked, one in time that it was not', () => {
  const seen = heart();
  beat(seen, 0, 1000);
  beat(seen, 0, 2000, { lag: 900 });
  assert.deepEqual(seen.blocked(0), [{ from: 1100, to: 2000 }]);
  beat(seen, 1, 2000);
  assert.deepEqual(seen.blocked(1), []);
});

test('a lost connection is not a blocked loop', () => {
  const seen = heart();
  beat(seen, 0, 1000);
  seen.lose(1100);
  assert.equal(seen.state(0, 5000).kind, 'lost');
  assert.deepEqual(seen.silence(0, 5000), []);
  seen.begin({ workers: 2, event_loop: 0 }, 6000);
  assert.equal(seen.state(0, 6100).kind, 'beating');
  assert.deepEqual(seen.gaps, [{ from: 1100, to: 6000 }]);
});

test('CPU use is told per stretch of time, and up to any moment', () => {
  const seen = heart();
  beat(seen, 0, 1000, { cpu: 1 });
  beat(seen, 0, 1200, { cpu: 1.2 });
  beat(seen, 0, 1400, { cpu: 1.3 });
  const cores = seen.cpuUse().map((use) => use.cores.toFixed(2));
  assert.deepEqual(cores, ['1.00', '0.50']);
  assert.equal(seen.cpuUntil(1100).toFixed(2), '1.10');
});

test('what is older than the chart is forgotten', () => {
  const seen = heart();
  for (let at = 0; at <= 60_000; at += 100) beat(seen, 0, at);
  assert.ok(seen.loops[0].length < 320);
  assert.ok(seen.samples.length < 320);
});
