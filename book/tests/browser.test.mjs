// Every page of the built book in a real browser: light and dark, wide and as narrow as a phone, by
// keyboard, without scripts. `just look` runs it, and leaves a picture of each page in
// target/look/, for what only an eye can tell.
//
// No server and no port: the browser asks for http://book.test, and is given the files. Whatever
// else a page asks for is refused, and fails the test.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const SITE = join(ROOT, 'book/build');
const PICTURES = join(ROOT, 'target/look');
const ORIGIN = 'http://book.test';
const WIDTHS = { wide: 1280, narrow: 390 };
/** What a reader gets unasked, by day and by night; and all that mdBook offers. */
const DEFAULTS = ['light', 'navy'];
const THEMES = [...DEFAULTS, 'rust', 'coal', 'ayu'];

const require = createRequire(join(ROOT, '.tools/node/'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The pages in the order of the book; and a file of each language, for all such pages are alike. */
const PAGES = [
  ...readFileSync(join(ROOT, 'book/src/SUMMARY.md'), 'utf8').matchAll(/\]\((.+)\.md\)/g),
].map((found) => `${found[1]}.html`);
const FILES = [
  'code/index.html',
  'code/steps/03-coroutines/src/lib.rs.html',
  'code/steps/04-rust-from-cpp/cpp/converter.cpp.html',
  'code/steps/03-coroutines/Cargo.toml.html',
];

let browser;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
after(() => browser?.close());

/** A window of a width, with all that goes wrong in it. */
async function open({ width = WIDTHS.wide, theme = 'light', scripts = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: scripts,
    colorScheme: theme === 'light' ? 'light' : 'dark',
  });
  const wrong = [];
  await context.route('**/*', (route) => {
    const url = new URL(route.request().url());
    const path = join(SITE, decodeURIComponent(url.pathname));
    if (url.origin === ORIGIN && existsSync(path) && statSync(path).isFile()) {
      return route.fulfill({ path });
    }
    wrong.push(`asked for ${url.href}`);
    return route.abort();
  });
  // Not on a blank page: that one may not store anything.
  await context.addInitScript((name) => {
    if (location.origin !== 'null') localStorage.setItem('mdbook-theme', name);
  }, theme);
  const page = await context.newPage();
  page.on('pageerror', (error) => wrong.push(`threw ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`logged ${message.text()}`);
  });
  const go = async (path) => {
    await page.goto(`${ORIGIN}/${path}`, { waitUntil: 'load' });
    await page.waitForLoadState('networkidle');
  };
  return { page, go, wrong, close: () => context.close() };
}

/** What axe finds that keeps people from reading: each rule, with how often and an example. */
async function barriers(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => {
      const [{ html, any }] = nodes;
      return `${id}, ${nodes.length} times: ${html} ${any[0]?.message ?? ''}`;
    });
}

for (const theme of THEMES) {
  for (const [name, width] of Object.entries(WIDTHS)) {
    // What is too narrow does not depend on colours.
    if (name === 'narrow' && !DEFAULTS.includes(theme)) continue;
    test(`every page, ${theme} and ${name}`, async () => {
      const { page, go, wrong, close } = await open({ width, theme });
      const found = [];
      for (const path of [...PAGES, ...FILES]) {
        wrong.length = 0;
        await go(path);
        // What is folded away is read too.
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('main details')) details.open = true;
        });
        const beyond = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (beyond > 0) wrong.push(`is ${beyond} pixels too wide`);
        wrong.push(...(await barriers(page)));
        found.push(...wrong.map((what) => `${path}: ${what}`));
        const picture = `${path.replaceAll('/', '-').replace('.html', '')}-${theme}-${name}.png`;
        await page.screenshot({ path: join(PICTURES, picture), fullPage: true });
      }
      assert.deepEqual(found, []);
      await close();
    });
  }
}

test('tabs go by keyboard and keep what was chosen from page to page', async () => {
  const { page, go, close } = await open();
  await go('step-3.html');
  const chosen = () => page.locator('[data-group=executor] [role=tab][aria-selected=true]').allTextContents();
  const shown = () => page.locator('[data-group=executor] [role=tabpanel]:visible').count();
  assert.deepEqual(await chosen(), ['Asio']);
  await page.locator('[data-group=executor] [role=tab]').first().focus();
  for (const [key, title] of [
    ['ArrowRight', 'Folly'],
    ['End', 'CppCoro'],
    ['ArrowRight', 'Asio'],
    ['ArrowLeft', 'CppCoro'],
    ['Home', 'Asio'],
    ['ArrowRight', 'Folly'],
  ]) {
    await page.keyboard.press(key);
    assert.deepEqual(await chosen(), [title], key);
    assert.equal(await shown(), 1);
    assert.match(page.url(), /step-3/, 'the book did not turn the page');
  }
  await go('your-own-library.html');
  assert.deepEqual(await chosen(), ['Folly']);
  await close();
});

test('without scripts every tab is shown', async () => {
  const { page, go, close } = await open({ scripts: false });
  await go('step-3.html');
  const titles = await page.locator('[data-group=executor] .tab-title:visible').allTextContents();
  assert.deepEqual(titles, ['Asio', 'Folly', 'CppCoro']);
  assert.equal(await page.locator('[data-group=executor] .tab:visible').count(), 3);
  await close();
});

test('notes for readers of one language open together and stay so from page to page', async () => {
  const { page, go, close } = await open();
  await go('step-2.html');
  const opened = (reader) => page.locator(`details.reader[data-reader=${reader}][open]`).count();
  assert.deepEqual([await opened('rust'), await opened('cpp')], [0, 0]);
  await page.locator('details.reader[data-reader=rust] summary').first().focus();
  await page.keyboard.press('Enter');
  assert.ok((await opened('rust')) > 1);
  assert.equal(await opened('cpp'), 0);
  await go('step-1.html');
  assert.ok((await opened('rust')) > 0);
  assert.equal(await opened('cpp'), 0);
  await close();
});

test('what was printed is told once the reader has predicted it', async () => {
  const { page, go, close } = await open();
  await go('step-1.html');
  const predict = page.locator('.predict').first();
  assert.equal(await predict.locator('.origin:visible').count(), 0);
  await predict.locator('.choice.correct > button').focus();
  await page.keyboard.press('Enter');
  assert.equal(await predict.locator('.answer').textContent(), 'Right.');
  assert.equal(await predict.locator('.origin:visible').count(), 2);
  await close();
});

test('slides turn by keyboard, and the notes in a second window follow', async () => {
  const { page, close } = await open();
  const errors = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`${ORIGIN}/step-3.html?slides`);
  const count = page.locator('.slides .count');
  const shown = page.locator('.slides > section:visible');
  assert.equal(await shown.count(), 1);
  const [notes] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('n')]);
  await notes.locator('.slide-notes h2').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const place = (await count.textContent()).replace(' / ', ' of ');
  assert.match(place, /^3 of \d+$/);
  await notes.locator('.slide-notes h2', { hasText: `(${place})` }).waitFor();
  assert.equal(await notes.locator('aside.notes:visible').count(), 1);
  await notes.keyboard.press('ArrowLeft');
  await page.locator('.slides .count', { hasText: '2 / ' }).waitFor();
  assert.deepEqual(errors, []);
  await close();
});

test('without scripts the answers to questions unfold', async () => {
  const { page, go, close } = await open({ scripts: false });
  await go('step-1.html');
  const question = page.locator('.quiz .question').first();
  assert.equal(await question.locator('details p:visible').count(), 0);
  await question.locator('summary').click();
  assert.ok((await question.locator('details p:visible').count()) >= 2);
  await close();
});

test('on paper nothing is folded, and questions have their answers', async () => {
  const { page, go, close } = await open();
  await go('step-1.html');
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.equal(await page.locator('details:not([open])').count(), 0);
  assert.equal(await page.locator('.on-paper:visible').count(), 1);
  assert.equal(await page.locator('.predict .origin:visible').count(), 2);
  const cut = await page.evaluate(
    () => [...document.querySelectorAll('pre > code')].filter((code) => code.scrollWidth > code.clientWidth + 1).length,
  );
  assert.equal(cut, 0, 'code that is cut off');
  await close();
});

/** The pages with a quiz. */
const QUIZZES = PAGES.filter((path) => {
  const page = readFileSync(join(ROOT, 'book/src', path.replace('.html', '.md')), 'utf8');
  return page.includes('{{#quiz ');
});

for (const theme of DEFAULTS) {
  test(`every quiz is taken by keyboard and explains its answers, ${theme}`, () => take(theme));
}

async function take(theme) {
  const { page, go, wrong, close } = await open({ theme });
  for (const path of QUIZZES) {
    await go(path);
    const questions = await page.locator('.quiz .question').all();
    const source = readFileSync(join(ROOT, 'book/quizzes', path.replace('.html', '.toml')), 'utf8');
    const explanations = [...source.matchAll(/^why = "(.+)"$/gm)].map((found) => found[1]);
    assert.ok(questions.length >= 3, path);
    assert.equal(explanations.length, questions.length, path);
    for (const [place, question] of questions.entries()) {
      assert.equal(await question.locator('summary:visible').count(), 0, 'the answer shows');
      // Once right, then wrong.
      const right = place % 2 === 0;
      const option = right ? '.options > .correct > button' : '.options > li:not(.correct) > button';
      await press(page, question.locator(option).first());
      assert.equal(await question.locator('.verdict').textContent(), right ? 'Right.' : 'No.');
      // Markdown in it is drawn, not said.
      const drawn = (text) => text.replace(/[`*]/g, '').replace(/\s+/g, ' ');
      const plain = drawn(explanations[place].replaceAll('\\"', '"'));
      const said = drawn(await question.innerText());
      assert.ok(said.includes(plain), `${path} explains "${plain}" in: ${said}`);
    }
    assert.deepEqual(await barriers(page), [], path);
  }
  assert.deepEqual(wrong, []);
  await close();
}

/** Goes to a button and presses it, as one without a mouse does. */
async function press(page, button) {
  await button.focus();
  await page.keyboard.press('Enter');
}

test('the search finds the words that people come with', async () => {
  const { page, go, wrong, close } = await open();
  await go('index.html');
  for (const word of ['cancellation', 'executor', 'waker', 'spawn_blocking', 'Folly']) {
    await page.keyboard.press('s');
    const bar = page.locator('#mdbook-searchbar');
    await bar.waitFor();
    await bar.fill('');
    await page.keyboard.type(word);
    const results = page.locator('#mdbook-searchresults li a');
    await results.first().waitFor({ timeout: 5000 }).catch(() => assert.fail(`no page has ${word}`));
    await page.keyboard.press('Escape');
  }
  assert.deepEqual(wrong, []);
  await close();
});

test('the notes for teachers are shown to those who ask for them', async () => {
  const { page, go, close } = await open();
  await go('step-1.html');
  assert.equal(await page.locator('aside.notes:visible').count(), 0);
  await go('step-1.html?teach');
  assert.equal(await page.locator('aside.notes:visible').count(), 1);
  assert.deepEqual(await barriers(page), []);
  await go('step-2.html');
  assert.equal(await page.locator('aside.notes:visible').count(), 1, 'they stay');
  await press(page, page.locator('aside.notes button.leave'));
  assert.equal(await page.locator('aside.notes:visible').count(), 0);
  await close();
});

/** Every recording that a page plays, in their order. */
const PLAYED = PAGES.map((path) => {
  const page = readFileSync(join(ROOT, 'book/src', path.replace('.html', '.md')), 'utf8');
  const names = [...page.matchAll(/^\{\{#recording (.+)\}\}$/gm)].map((found) => found[1]);
  return { path, names };
}).filter(({ names }) => names.length);

test('every recording is played somewhere', () => {
  const kept = readdirSync(join(ROOT, 'book/src/recordings')).map((file) => file.replace('.json', ''));
  assert.deepEqual([...new Set(PLAYED.flatMap(({ names }) => names))].sort(), kept.sort());
});

for (const theme of DEFAULTS) {
  for (const [name, width] of Object.entries(WIDTHS)) {
    test(`every recording, forwards and backwards by keyboard, ${theme} and ${name}`, async () => {
      const { page, go, wrong, close } = await open({ width, theme });
      for (const { path, names } of PLAYED) {
        await go(path);
        await page.evaluate(() => {
          for (const tab of document.querySelectorAll('main .tab')) tab.hidden = false;
          dispatchEvent(new Event('resize'));
        });
        for (const [index, recording] of names.entries()) {
          await step(page, page.locator('figure.recording').nth(index), recording, index === 0);
        }
        assert.deepEqual(await barriers(page), [], path);
      }
      assert.deepEqual(wrong, []);
      await close();
    });
  }
}

async function step(page, figure, name, isFirst) {
  const file = readFileSync(join(ROOT, `book/src/recordings/${name}.json`), 'utf8');
  const { events, sources } = JSON.parse(file);
  const sentences = await figure.locator('.moments > li').allTextContents();
  assert.equal(sentences.length, events.length, name);
  const is = async (at, what) => {
    const { said, lit } = await figure.evaluate(look);
    assert.equal(said, sentences[at], `${name}, ${what} ${at}`);
    // The lines that were recorded, and some where C++ goes on without being on the stack.
    for (const { source, text } of events[at].at) {
      const isOver = ['gone', 'woken'].includes(events[at].what) && sources[source].includes('.cpp');
      if (!isOver) assert.equal(lit[source]?.text, text, `${name}, ${what} ${at}`);
      const code = readFileSync(join(ROOT, sources[source].split('#')[0]), 'utf8').split('\n');
      assert.ok(code.some((line) => line.trim() === text), `${text} in ${sources[source]}`);
    }
    for (const { off } of lit.filter(Boolean)) assert.ok(off < 2, `${name}: ${off} pixels off`);
  };
  await figure.getByRole('button', { name: 'Next' }).focus();
  await is(0, 'begins at');
  const question = figure.locator('.said strong');
  for (let at = 1; at < events.length; at += 1) {
    await page.keyboard.press('ArrowRight');
    if (events[at].ask) {
      assert.ok(await question.isVisible(), `${name} asks before ${at}`);
      if (isFirst && at === events.findIndex(({ ask }) => ask)) {
        assert.deepEqual(await barriers(page), [], name);
      }
      await page.keyboard.press('ArrowRight');
    }
    assert.ok(await question.isHidden());
    await is(at, 'on to');
  }
  await page.keyboard.press('ArrowRight');
  await is(events.length - 1, 'no further than');
  for (let at = events.length - 2; at >= 0; at -= 1) {
    await page.keyboard.press('ArrowLeft');
    await is(at, 'back to');
  }
}

/** What a player says; and for each of its sources the line that is lit, with how far the light is off it. */
function look(figure) {
  const lit = [...figure.querySelectorAll('.source')].map((source) => {
    const bar = source.querySelector('.lit');
    if (bar.hidden) return undefined;
    const code = source.querySelector('code');
    const lines = code.textContent.split('\n');
    const line = Number(bar.dataset.line);
    let before = lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
    before += lines[line].length - lines[line].trimStart().length;
    const nodes = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode() && before >= nodes.currentNode.length) before -= nodes.currentNode.length;
    const range = document.createRange();
    range.setStart(nodes.currentNode, before);
    range.setEnd(nodes.currentNode, before + 1);
    const [word, light] = [range.getBoundingClientRect(), bar.getBoundingClientRect()];
    const off = Math.max(light.top - word.top, word.bottom - light.bottom, 0);
    return { text: lines[line].trim(), off };
  });
  return { said: figure.querySelector('.said span').textContent, lit };
}

test('a player tells whether an answer is right', async () => {
  const { page, go, close } = await open();
  await go('step-1.html');
  const figure = page.locator('figure.recording').first();
  const { events } = JSON.parse(readFileSync(join(ROOT, 'book/src/recordings/step-1.json'), 'utf8'));
  const asked = events.findIndex(({ ask }) => ask);
  for (const [lane, verdict] of [[events[asked].lane, 'Yes. '], [(events[asked].lane + 1) % 3, 'No: ']]) {
    await figure.getByRole('button', { name: 'Next' }).focus();
    await page.keyboard.press('Home');
    for (let at = 0; at < asked; at += 1) await page.keyboard.press('ArrowRight');
    await press(page, figure.locator('.lanes button').nth(lane));
    assert.ok((await figure.locator('.said').innerText()).startsWith(verdict), verdict);
  }
  await close();
});

test('without scripts, and on paper, a recording is a drawing', async () => {
  const bare = await open({ scripts: false });
  await bare.go('step-3.html');
  assert.ok(await bare.page.locator('figure.recording .picture svg').first().isVisible());
  assert.equal(await bare.page.locator('figure.recording .controls').count(), 0);
  await bare.close();
  const { page, go, close } = await open();
  await go('step-3.html');
  assert.ok(await page.locator('figure.recording .picture svg').first().isHidden());
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('figure.recording .picture svg').first().isVisible());
  assert.ok(await page.locator('figure.recording .controls').first().isHidden());
  await close();
});

test('served by a step, a page shows its heartbeat, sends pictures and leaves', async () => {
  const { page, wrong, close } = await open();
  const server = { type: 'server', step: '03-coroutines', workers: 1, event_loop: 0, book: true };
  const beat = { type: 'heartbeat', event_loop: 0, at_ms: 0, lag_ms: 0, in_flight: 0, ended: {} };
  const stream = [server, beat].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  const lab = join(ROOT, 'service/lab/page');
  let sent = 0;
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/events') return route.fulfill({ contentType: 'text/event-stream', body: stream });
    if (pathname === '/convert') {
      sent += 1;
      // The first is answered; nobody ever answers the others.
      return sent > 1 || route.fulfill({ contentType: 'image/png', body: 'png' });
    }
    const path = pathname.startsWith('/book/') ? join(SITE, pathname.slice(5)) : join(lab, pathname);
    return existsSync(path) ? route.fulfill({ path }) : route.fallback();
  });
  await page.goto(`${ORIGIN}/book/step-3.html`, { waitUntil: 'load' });
  const aside = page.locator('aside.alive');
  await aside.getByText('Step 3 serves this page').waitFor();
  await press(page, aside.getByRole('button', { name: 'Send a picture' }));
  await aside.getByText('1 sent, 1 answered, 0 left').waitFor();
  await press(page, aside.getByRole('button', { name: 'Send a picture' }));
  await aside.getByText('2 sent, 1 answered, 0 left').waitFor();
  while (sent < 2) await page.waitForTimeout(10);
  await press(page, aside.getByRole('button', { name: 'Leave' }));
  await aside.getByText('2 sent, 1 answered, 1 left').waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(wrong, []);
  await close();
});
