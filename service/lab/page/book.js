/** The links from this page into the book, which the server has at `/book/` where it was built. */

const CHAPTERS = ['Blocking', 'Callbacks', 'Coroutines', 'Rust from C++'];

/**
 * Fills the navigation with a link to the chapter of each step, if there is a book.
 * @param {HTMLElement} nav
 * @param {{step: string, book: boolean}} server what the server said of itself
 */
export function showChapters(nav, { step, book }) {
  nav.hidden = !book;
  if (!book) return;
  nav.replaceChildren(...CHAPTERS.map((title, index) => {
    const number = index + 1;
    const link = document.createElement('a');
    link.href = `/book/step-${number}.html`;
    link.textContent = `${number} ${title}`;
    if (Number(step.split('-')[0]) === number) link.setAttribute('aria-current', 'true');
    return link;
  }));
}
