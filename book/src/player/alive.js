// The step that serves this book, in the margin of its pages: its heartbeat, and a way to freeze it,
// to send pictures and to leave. What it listens with and paints with is the lab page's own, which
// the step serves beside the book.

const [{ Heart, PERIOD }, { listen }, { builtIn }] = await Promise.all(
  ['/heart.js', '/events.js', '/pictures.js'].map((module) => import(module)),
);

/** Beats that are shown. */
const BEATS = 50;
/** Megapixels of a picture, and of one that takes long. */
const SIZES = { usual: 2, large: 24 };

const heart = new Heart();
const counts = { sent: 0, answered: 0, left: 0 };
/** Requests on their way. */
const flying = new Set();

const name = make('strong');
const state = make('p', { role: 'status' });
const loops = make('div', { className: 'beats', ariaHidden: 'true' });
const told = make('p');
const lab = make('a', { href: '/', textContent: 'The lab page shows more' });
const aside = make('aside', { className: 'alive', ariaLabel: 'The server of this page' }, [
  name,
  loops,
  state,
  button('Send a picture', () => send(SIZES.usual)),
  button('Send a large one', () => send(SIZES.large)),
  button('Leave', leave),
  told,
  make('p', {}, [lab]),
]);

listen({
  server(server) {
    heart.begin(server, performance.now());
    const [number] = server.step.split('-');
    name.textContent = `Step ${Number(number)} serves this page`;
    loops.replaceChildren(
      ...Array.from({ length: server.workers }, () =>
        make('div', {}, Array.from({ length: BEATS }, () => make('i'))),
      ),
    );
    if (!aside.isConnected) document.querySelector('main').prepend(aside);
  },
  heartbeat: (event, at) => heart.beat(event, at),
  lost: () => heart.lose(performance.now()),
});

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
setInterval(draw, calm ? 10 * PERIOD : PERIOD);
count();

function draw() {
  if (!aside.isConnected) return;
  const now = performance.now();
  let blocked = 0;
  [...loops.children].forEach((row, loop) => {
    const silences = [...heart.blocked(loop), ...heart.silence(loop, now)];
    [...row.children].forEach((mark, place) => {
      const to = now - (BEATS - 1 - place) * PERIOD;
      const within = ({ at }) => to - PERIOD < at && at <= to;
      mark.className = '';
      if (silences.some(({ from, to: until }) => from < to && to - PERIOD < until)) mark.className = 'late';
      else if (heart.loops[loop].some(within)) mark.className = 'beat';
    });
    if (heart.state(loop, now).kind === 'blocked') blocked += 1;
  });
  const words = blocked ? `${blocked} of ${loops.children.length} event loops stand still` : 'Every event loop beats';
  const said = heart.connected ? words : 'The server does not answer';
  // Said once, for a screen reader would repeat it.
  if (state.textContent !== said) state.textContent = said;
}

async function send(megapixels) {
  const request = new AbortController();
  flying.add(request);
  counts.sent += 1;
  count();
  try {
    const body = await builtIn(megapixels);
    const answer = await fetch('/convert', {
      method: 'POST',
      body,
      headers: { 'content-type': 'image/jpeg' },
      signal: request.signal,
    });
    await answer.arrayBuffer();
    counts.answered += 1;
  } catch {
    counts.left += 1;
  }
  flying.delete(request);
  count();
}

/** Hangs up on all that were sent. */
function leave() {
  for (const request of flying) request.abort();
}

function count() {
  told.textContent = `${counts.sent} sent, ${counts.answered} answered, ${counts.left} left`;
}

function make(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function button(textContent, act) {
  const made = make('button', { type: 'button', textContent });
  made.addEventListener('click', act);
  return made;
}
