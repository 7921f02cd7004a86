// Tabs, and what a keyboard or a screen reader needs beside what mdBook has.
"use strict";

// Makes tabs of sections that belong together, and keeps the reader's choice for every page.
(() => {
  const key = (group) => `book-tab-${group}`;

  // Storage may be switched off; then the choice lasts as long as the page.
  const remember = (group, title) => {
    try {
      localStorage.setItem(key(group), title);
    } catch {}
  };
  const remembered = (group) => {
    try {
      return localStorage.getItem(key(group));
    } catch {
      return null;
    }
  };

  const choose = (group, title) => {
    for (const tabs of document.querySelectorAll(".tabs.live")) {
      if (tabs.dataset.group !== group) continue;
      const buttons = [...tabs.querySelectorAll("[role=tab]")];
      if (!buttons.some((button) => button.textContent === title)) continue;
      for (const button of buttons) {
        const chosen = button.textContent === title;
        button.setAttribute("aria-selected", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
        document.getElementById(button.getAttribute("aria-controls")).hidden = !chosen;
      }
    }
  };

  // Left and right, Home and End move between tabs, as in every tab list.
  const move = (event, buttons) => {
    const here = buttons.indexOf(event.target);
    const last = buttons.length - 1;
    const next = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    // The book turns its pages with the same keys.
    event.stopPropagation();
    buttons[next].focus();
    buttons[next].click();
  };

  document.querySelectorAll(".tabs").forEach((tabs, index) => {
    const { group } = tabs.dataset;
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", group);
    const buttons = [...tabs.querySelectorAll(":scope > .tab")].map((panel, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.id = `tab-${index}-${place}`;
      button.textContent = panel.dataset.title;
      button.setAttribute("role", "tab");
      panel.id = `panel-${index}-${place}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      button.setAttribute("aria-controls", panel.id);
      button.addEventListener("click", () => {
        remember(group, button.textContent);
        choose(group, button.textContent);
      });
      return button;
    });
    list.append(...buttons);
    list.addEventListener("keydown", (event) => move(event, buttons));
    tabs.prepend(list);
    tabs.classList.add("live");
    choose(group, buttons[0].textContent);
    const kept = remembered(group);
    if (kept) choose(group, kept);
  });
})();

// Folds the notes for readers of the other language, and keeps for each language whether they are
// open.
(() => {
  const key = (reader) => `book-reader-${reader}`;
  const notes = [...document.querySelectorAll("details.reader")];
  const show = (reader, open) => {
    for (const note of notes) if (note.dataset.reader === reader) note.open = open;
  };
  for (const note of notes) {
    const { reader } = note.dataset;
    note.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      const open = !note.open;
      // What the reader clicked stays where it is, though notes above it unfold.
      const before = note.getBoundingClientRect().top;
      show(reader, open);
      scrollBy({ top: note.getBoundingClientRect().top - before, behavior: "instant" });
      try {
        localStorage.setItem(key(reader), open ? "open" : "folded");
      } catch {}
    });
  }
  let kept = () => null;
  try {
    kept = (reader) => localStorage.getItem(key(reader));
    kept("");
  } catch {}
  for (const reader of ["rust", "cpp"]) show(reader, kept(reader) === "open");
})();

// Lets the reader choose, an output or an answer, before it says which one is right.
(() => {
  const ask = (asked, choices, label, wrong) => {
    const verdict = document.createElement("p");
    verdict.setAttribute("role", "status");
    choices.forEach((choice, index) => {
      const button = document.createElement("button");
      button.type = "button";
      label(button, choice, index);
      button.addEventListener("click", () => {
        if (asked.classList.contains("told")) return;
        asked.classList.add("told");
        choice.classList.add("chosen");
        verdict.textContent = choice.classList.contains("correct") ? "Right." : wrong;
        for (const why of asked.querySelectorAll(":scope > details")) why.open = true;
      });
      choice.prepend(button);
    });
    asked.classList.add("live");
    return verdict;
  };

  for (const predict of document.querySelectorAll(".predict")) {
    const choices = predict.querySelectorAll(":scope > .choice");
    const thisOne = (button, _choice, index) => {
      button.textContent = "This one";
      button.setAttribute("aria-label", `This one, output ${index + 1}`);
    };
    const verdict = ask(predict, choices, thisOne, "No: look at what each of these is.");
    verdict.className = "answer";
    predict.append(verdict);
  }

  for (const question of document.querySelectorAll(".quiz .question")) {
    const options = question.querySelectorAll(":scope > .options > li");
    const itself = (button, option) => button.append(...option.childNodes);
    const verdict = ask(question, options, itself, "No.");
    verdict.className = "verdict";
    question.querySelector(":scope > details").before(verdict);
  }
})();

// On paper everything is unfolded; on the screen it is then as it was.
(() => {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
})();

// Code that scrolls sideways can be scrolled by keyboard.
(() => {
  const mark = () => {
    for (const code of document.querySelectorAll("pre > code, .table-wrapper")) {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
      else code.removeAttribute("tabindex");
    }
  };
  mark();
  addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true);
  document.addEventListener("click", () => requestAnimationFrame(mark));
})();

// What mdBook leaves unsaid to a screen reader.
(() => {
  document.getElementById("mdbook-sidebar-toggle")?.setAttribute("role", "button");
  document.getElementById("mdbook-menu-bar")?.setAttribute("role", "banner");
})();
