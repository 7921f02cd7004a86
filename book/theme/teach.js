// The instructor's view: shows the notes for teachers, which readers do not see. `?teach` at the end
// of a page's address switches it on, and so does the button on the page Teaching this; it stays on
// from page to page until it is left.
"use strict";

(() => {
  const key = "book-teach";

  // Storage may be switched off; then the view lasts as long as the page.
  let on = false;
  try {
    on = localStorage.getItem(key) === "on";
  } catch {}

  // They stand in the page as scripts that are none, where the book's search does not look.
  const notes = [...document.querySelectorAll("script.notes")].map((source) => {
    const note = document.createElement("aside");
    note.className = "notes";
    note.setAttribute("aria-label", "Notes for teachers");
    note.innerHTML = source.textContent;
    source.after(note);
    return note;
  });
  const switches = [...document.querySelectorAll("button.teach")];

  const show = () => {
    for (const note of notes) note.hidden = !on;
    for (const button of switches) {
      button.textContent = on ? "Hide the notes for teachers" : "Show the notes for teachers";
      button.hidden = false;
    }
  };
  const turn = (to) => {
    on = to;
    try {
      if (on) localStorage.setItem(key, "on");
      else localStorage.removeItem(key);
    } catch {}
    show();
  };

  for (const button of switches) button.addEventListener("click", () => turn(!on));
  for (const note of notes) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "leave";
    button.textContent = "Hide these notes";
    button.addEventListener("click", () => {
      turn(false);
      // The button with the focus is gone: go on from where the notes were.
      const title = document.querySelector("main h1");
      title.tabIndex = -1;
      title.focus();
    });
    const slides = document.createElement("a");
    slides.href = "?slides";
    slides.className = "leave";
    slides.textContent = "Show this page as slides";
    note.append(slides, button);
  }

  if (new URLSearchParams(location.search).has("teach")) turn(true);
  else show();
})();
