import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { getElementById: () => null };
const { questions } = await import('../store.js');

test('what was asked is read from the header, in order', () => {
  const header = 'ask0;desc="look for the picture";dur=0.125, ask1;desc="keep it";dur=2.000';
  assert.deepEqual(questions(header), [
    { what: 'look for the picture', ms: 0.125 },
    { what: 'keep it', ms: 2 },
  ]);
  assert.deepEqual(questions(''), []);
});
