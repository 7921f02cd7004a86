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

  // What is said, and who goes on.
  const said = element('p', { className: 'said', ariaLive: 'polite' });
  const question = element('fieldset', { className: 'question', hidden: true }, [
    element('legend', { textContent: 'Who goes on now?' }),
    ...lanes.map((name, lane) =>
      button(name, () => {
        show(run.answer(state, lane));
        ahead.focus();
      }),
    ),
  ]);

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
  const controls = element('div', { className: 'controls' }, [back, ahead, playing, slider]);

  // The threads, each with a mark for each of its moments.
  const tracks = lanes.map((name, lane) => {
    const marks = moments.map((moment) => {
      const mark = element('i');
      mark.classList.toggle('busy', moment.busy.includes(lane));
      mark.classList.toggle('own', moment.lane === lane);
      return mark;
    });
    const track = element('div', { className: 'track', ariaHidden: 'true' }, marks);
    return { lane: element('li', {}, [element('span', { textContent: name }), track]), marks };
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
    said.textContent = verdict + moment.sentence;
    question.hidden = !state.asks;
    slider.value = state.at + 1;
    slider.ariaValueText = `${state.at + 1} of ${moments.length}`;
    // Not switched off: that would take the focus away, and with it the keys.
    back.ariaDisabled = run.isFirst(state);
    ahead.ariaDisabled = run.isLast(state);
    tracks.forEach(({ lane, marks }, index) => {
      lane.classList.toggle('now', index === moment.lane);
      marks.forEach((mark, at) => mark.classList.toggle('now', at === state.at));
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
      const { paddingTop, paddingBottom } = getComputedStyle(code);
      const above = parseFloat(paddingTop);
      const all = code.clientHeight - above - parseFloat(paddingBottom);
      const height = all / code.textContent.trimEnd().split('\n').length;
      bar.dataset.line = line;
      bar.style.top = `${code.offsetTop + above + line * height}px`;
      bar.style.height = `${height}px`;
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

  figure.querySelector('figcaption').after(controls, said, question, board, held);
  figure.classList.add('live');
  show(state);
  // It may stand in a tab that is not shown yet.
  new ResizeObserver(light).observe(figure);
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
