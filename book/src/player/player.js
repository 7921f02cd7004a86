// Makes players of the recorded runs on a page. Each stands there whole already, as a drawing, as
// sentences and as code: what is added is a way to step through them.

import * as run from './model.js';

for (const figure of document.querySelectorAll('figure.recording')) play(figure);
// A step serves the book there; elsewhere nothing is alive.
if (location.pathname.startsWith('/book/')) import('./alive.js');

function play(figure) {
  const items = [...figure.querySelectorAll('.moments > li')];
  const list = figure.querySelector('.moments');
  const lanes = list.dataset.lanes.split('|');
  let state = run.begin(
    items.map(({ dataset, textContent }) => ({
      lane: Number(dataset.lane),
      busy: dataset.busy.split(' ').filter(Boolean).map(Number),
      at: run.lines(dataset.at),
      rests: run.lines(dataset.rests),
      frame: dataset.frame,
      waker: dataset.waker,
      ask: 'ask' in dataset,
      sentence: textContent,
    })),
  );
  const { moments } = state;
  let timer;

  // What is said, and what is asked: the names of the threads are the answers.
  const told = element('span');
  const question = element('strong', { textContent: ' Which thread is next?', hidden: true });
  const said = element('p', { className: 'said', ariaLive: 'polite' }, [told, question]);

  // Where it is.
  const back = button('Back', () => go(run.back));
  const ahead = button('Next', () => go(run.next));
  const playing = button('Play', () => (timer ? pause() : start()));
  const slider = element('input', {
    type: 'range',
    min: 1,
    max: moments.length,
    ariaLabel: 'Moment',
  });
  slider.addEventListener('input', () => {
    pause();
    show(run.seek(state, slider.value - 1));
  });
  const count = element('span', { className: 'which', ariaHidden: 'true' });
  const keys = element('span', { className: 'keys', textContent: 'or the keys ← →' });
  const parts = [back, ahead, playing, slider, count, keys];
  const controls = element('div', { className: 'controls' }, parts);

  // The threads, each with a mark for each of its moments.
  const tracks = lanes.map((name, lane) => {
    const marks = moments.map((moment) => {
      const mark = element('i');
      mark.classList.toggle('busy', moment.busy.includes(lane));
      mark.classList.toggle('own', moment.lane === lane);
      return mark;
    });
    const track = element('div', { className: 'track', ariaHidden: 'true' }, marks);
    const answer = button(name, () => {
      show(run.answer(state, lane));
      ahead.focus();
    });
    return { lane: element('li', {}, [answer, track]), answer, marks };
  });
  const board = element('ul', { className: 'lanes' }, tracks.map(({ lane }) => lane));
  board.setAttribute('aria-label', 'Threads');

  // Who has what.
  const frame = element('dd');
  const waker = element('dd');
  const held = element('dl', { className: 'held' }, [
    element('div', {}, [element('dt', { textContent: 'The frame is with' }), frame]),
    element('div', {}, [element('dt', { textContent: 'The waker is with' }), waker]),
  ]);
  // Step 1 has neither, and step 2 no frame.
  const none = (what) => moments.every((moment) => moment[what] === 'nobody');
  frame.parentElement.hidden = none('frame');
  waker.parentElement.hidden = none('waker');

  const key = element('p', {
    className: 'key',
    textContent:
      'A line in the threads: at work. A mark: something happens. In the code, the line of the moment is framed, and dots show where the other language stands in the same call.',
  });

  // The code. A bar lies behind the line, for the highlighting owns what is in it.
  const sources = [...figure.querySelectorAll('.source')].map((source) => {
    const bar = element('span', { className: 'lit', hidden: true, ariaHidden: 'true' });
    const code = source.querySelector('code');
    code.parentElement.append(bar);
    return { bar, code };
  });

  function show(to) {
    state = to;
    const moment = run.shown(state);
    const verdict = { true: 'Yes. ', false: `No: ${lanes[moment.lane]}. ` }[state.verdict] ?? '';
    told.textContent = verdict + moment.sentence;
    question.hidden = !state.asks;
    board.classList.toggle('asks', state.asks);
    count.textContent = `${state.at + 1} of ${moments.length}`;
    slider.value = state.at + 1;
    slider.ariaValueText = `${state.at + 1} of ${moments.length}`;
    // Not switched off: that would take the focus away, and with it the keys.
    back.ariaDisabled = run.isFirst(state);
    ahead.ariaDisabled = run.isLast(state);
    tracks.forEach(({ lane, answer, marks }, index) => {
      lane.classList.toggle('now', index === moment.lane);
      answer.disabled = !state.asks;
      marks.forEach((mark, at) => {
        mark.classList.toggle('now', at === state.at);
        // What comes is not shown before it does.
        mark.classList.toggle('later', at > state.at);
      });
    });
    items.forEach((item, at) => {
      if (at === state.at) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    });
    frame.textContent = moment.frame;
    waker.textContent = moment.waker;
    light();
  }

  function light() {
    const moment = run.shown(state);
    sources.forEach(({ bar, code }, index) => {
      const line = moment.at.get(index) ?? moment.rests.get(index);
      bar.hidden = line === undefined;
      bar.classList.toggle('rests', !moment.at.has(index));
      if (line === undefined) return;
      const { top, bottom } = rectangle(code, line);
      const from = code.parentElement.getBoundingClientRect().top;
      bar.dataset.line = line;
      bar.style.top = `${top - from - 2}px`;
      bar.style.height = `${bottom - top + 4}px`;
    });
  }

  function go(to) {
    pause();
    show(to(state));
  }

  function pause() {
    clearTimeout(timer);
    timer = undefined;
    playing.textContent = 'Play';
  }

  function start() {
    if (run.isLast(state)) show(run.begin(moments));
    playing.textContent = 'Pause';
    const step = () => {
      show(run.next(state));
      if (run.isLast(state) || state.asks) return pause();
      timer = setTimeout(step, run.pace(run.shown(state)));
    };
    timer = setTimeout(step, run.pace(run.shown(state)));
  }

  figure.addEventListener('keydown', (event) => {
    const to = {
      ArrowRight: run.next,
      ArrowLeft: run.back,
      Home: (state) => run.seek(state, 0),
      End: (state) => run.seek(state, moments.length - 1),
    }[event.key];
    if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    // The book turns its pages with the same keys.
    event.stopPropagation();
    go(to);
  });

  figure.querySelector('figcaption').after(controls, said, board, held);
  figure.querySelector('.sources').after(key);
  figure.classList.add('live');
  show(state);
  // It may stand in a tab that is not shown yet.
  new ResizeObserver(light).observe(figure);
  // It may be wider than the text, where there is room.
  const page = figure.closest('.content');
  const widen = () => figure.style.setProperty('--room', `${page.clientWidth}px`);
  new ResizeObserver(widen).observe(page);
}

/** Where a line of code stands, which may take several on a narrow page. */
function rectangle(code, line) {
  const lines = code.textContent.split('\n');
  const begin = lines.slice(0, line).reduce((length, text) => length + text.length + 1, 0);
  const end = begin + lines[line].length;
  const place = (offset) => {
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (texts.nextNode() && offset > texts.currentNode.length) {
      offset -= texts.currentNode.length;
    }
    return [texts.currentNode, offset];
  };
  const range = document.createRange();
  // Behind its first character, for before it may be the end of the line above.
  range.setStart(...place(begin + 1));
  range.setEnd(...place(end));
  return range.getBoundingClientRect();
}

function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function button(textContent, act) {
  const made = element('button', { type: 'button', textContent });
  made.addEventListener('click', act);
  return made;
}
