/** The links from this page into the book. */

/** Where the book is, with a slash at the end. While it is empty no links are shown. */
const BOOK = '';

const CHAPTERS = [
  { step: '01-blocking', title: 'Blocking', page: '01-blocking.html' },
  { step: '02-boost-callbacks', title: 'Callbacks', page: '02-boost-callbacks.html' },
  { step: '03-coroutines', title: 'Coroutines', page: '03-coroutines.html' },
  { step: '04-rust-from-cpp', title: 'Rust from C++', page: '04-rust-from-cpp.html' },
];

/**
 * Fills the navigation with a link to the chapter of each step.
 * @param {HTMLElement} nav
 * @param {string} step the one that this server is
 */
export function showChapters(nav, step) {
  if (!BOOK) return;
  nav.replaceChildren(...CHAPTERS.map((chapter, index) => {
    const link = document.createElement('a');
    link.href = BOOK + chapter.page;
    link.textContent = `${index + 1} ${chapter.title}`;
    if (chapter.step === step) link.setAttribute('aria-current', 'true');
    return link;
  }));
  nav.hidden = false;
}
