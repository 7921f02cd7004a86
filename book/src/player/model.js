// What the player shows of a run, and what comes next. It knows nothing of pages.
//
// A run is a list of moments; a moment has its `lane`, its `sentence`, and may `ask` who goes on
// before it is shown. States are never changed: each function makes a new one.

/** The first moment. */
export const begin = (moments) => ({ moments, at: 0, asks: false, verdict: undefined });

/** The moment that is shown. */
export const shown = ({ moments, at }) => moments[at];

export const isFirst = ({ at }) => at === 0;
export const isLast = ({ moments, at }) => at === moments.length - 1;

/** Any moment, unasked; beyond the ends there is none. */
export const seek = ({ moments }, at) => ({
  ...begin(moments),
  at: Math.min(Math.max(at, 0), moments.length - 1),
});

/** On: to the question before a moment, if it has one, and then to the moment. */
export function next(state) {
  if (isLast(state)) return state;
  const coming = state.moments[state.at + 1];
  if (coming.ask && !state.asks) return { ...state, asks: true, verdict: undefined };
  return seek(state, state.at + 1);
}

/** Back: away from a question, or to the moment before. */
export const back = (state) => seek(state, state.asks ? state.at : state.at - 1);

/** Answers the question, and goes on to the moment that tells. */
export function answer(state, lane) {
  if (!state.asks) return state;
  const there = seek(state, state.at + 1);
  return { ...there, verdict: shown(there).lane === lane };
}

/** How many milliseconds it takes to read what a moment says. */
export const pace = ({ sentence }) => 1500 + 45 * sentence.length;

/** `0:3 1:7`, as pages have it: lines, each of a source. */
export function lines(text) {
  const words = text.split(' ').filter(Boolean);
  return new Map(words.map((word) => word.split(':').map(Number)));
}
