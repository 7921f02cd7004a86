// What the player makes of keys and answers, without a page; and how much there is to load.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { answer, back, begin, isFirst, isLast, lines, next, pace, seek, shown } from '../src/player/model.js';

const MOMENTS = [
  { lane: 0, ask: false, sentence: 'A calls.' },
  { lane: 1, ask: true, sentence: 'B goes on.' },
  { lane: 0, ask: false, sentence: 'A has it.' },
];

test('goes to the end and back, and no further', () => {
  let state = begin(MOMENTS);
  assert.ok(isFirst(state));
  assert.equal(back(state).at, 0);
  state = next(next(next(next(next(state)))));
  assert.ok(isLast(state));
  assert.equal(shown(state), MOMENTS[2]);
  state = back(back(back(state)));
  assert.ok(isFirst(state));
});

test('asks before it shows, and goes on unanswered all the same', () => {
  const asks = next(begin(MOMENTS));
  assert.deepEqual([asks.at, asks.asks], [0, true]);
  const told = next(asks);
  assert.deepEqual([told.at, told.asks, told.verdict], [1, false, undefined]);
  assert.deepEqual([back(asks).at, back(asks).asks], [0, false]);
});

test('an answer is right or wrong, and shows who goes on', () => {
  const asks = next(begin(MOMENTS));
  assert.deepEqual([answer(asks, 1).at, answer(asks, 1).verdict], [1, true]);
  assert.deepEqual([answer(asks, 0).at, answer(asks, 0).verdict], [1, false]);
  assert.equal(next(answer(asks, 0)).verdict, undefined, 'it is forgotten');
  const unasked = begin(MOMENTS);
  assert.equal(answer(unasked, 1), unasked);
});

test('goes to any moment, and asks nothing', () => {
  assert.deepEqual([seek(begin(MOMENTS), 1).at, seek(begin(MOMENTS), 1).asks], [1, false]);
  assert.equal(seek(begin(MOMENTS), 9).at, 2);
  assert.equal(seek(begin(MOMENTS), -9).at, 0);
});

test('reads lines as pages have them, and leaves longer for longer sentences', () => {
  assert.deepEqual([...lines('0:3 1:7')], [[0, 3], [1, 7]]);
  assert.deepEqual([...lines('')], []);
  assert.ok(pace({ sentence: 'a long sentence' }) > pace({ sentence: 'short' }));
});

test('the player and all recordings are under 150 kB', () => {
  const size = (folder) => {
    const path = join(import.meta.dirname, '..', folder);
    return readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
  };
  const style = statSync(join(import.meta.dirname, '../theme/player.css')).size;
  assert.ok(size('src/player') + size('src/recordings') + style < 150_000);
});
