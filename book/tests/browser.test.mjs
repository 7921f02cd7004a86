// Every page of the built book in a real browser: light and dark, wide and as narrow as a phone, by
// keyboard, without scripts. `just look` runs it, and leaves a picture of each page in
// target/look/, for what only an eye can tell.
//
// No server and no port: the browser asks for http://book.test, and is given the files. Whatever
// else a page asks for is refused, and fails the test.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
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
  const chosen = () => page.locator('.tabs [role=tab][aria-selected=true]').allTextContents();
  const shown = () => page.locator('.tabs [role=tabpanel]:visible').count();
  assert.deepEqual(await chosen(), ['Asio']);
  await page.locator('[role=tab]').first().focus();
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
  const titles = await page.locator('.tab-title:visible').allTextContents();
  assert.deepEqual(titles, ['Asio', 'Folly', 'CppCoro']);
  assert.equal(await page.locator('.tab:visible').count(), 3);
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
    const source = readFileSync(join(ROOT, 'book/quizzes', path.replace('.html', '.toml')), 'utf8');
    const explanations = [...source.matchAll(/^context = "(.+)"$/gm)].map((found) => found[1]);
    assert.ok(explanations.length >= 3, path);
    const quiz = page.locator('.mdbook-quiz');
    await press(page, quiz.getByRole('button', { name: 'Start' }));
    for (const _ of explanations) {
      // The first answer there is, or some word: right or wrong, it will be explained.
      const input = quiz.locator('input').first();
      await input.focus();
      await page.keyboard.type((await input.getAttribute('type')) === 'text' ? 'perhaps' : ' ');
      await press(page, quiz.getByRole('button', { name: 'Submit' }));
    }
    // After a wrong answer another try is offered, or the answers.
    await quiz.getByText('You answered').first().waitFor();
    const give_up = quiz.getByRole('button', { name: 'see the correct answers' }).first();
    if (await give_up.count()) await press(page, give_up);
    const drawn = (text) => text.replace(/[`*]/g, '').replace(/\s+/g, ' ');
    const said = drawn(await quiz.innerText());
    for (const explanation of explanations) {
      // Markdown in it is drawn, not said.
      const plain = drawn(explanation.replaceAll('\\"', '"'));
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
