// Slides, made from the page that is open: one for each drawing, listing, table, list or recording,
// under its heading, with the sentence that leads to it. `?slides` at the end of an address shows
// them, and so does the button that teachers see. Arrow keys turn them, Escape ends them, and N opens
// the notes in a second window, which follows.
"use strict";

(() => {
  const parameters = new URLSearchParams(location.search);
  const channel = new BroadcastChannel("book-slides");
  const SHOWN = "figure, .table-wrapper, .output, .predict, .tabs, .diff, ul, ol, .machine";
  const LEFT_OUT = ".minutes, .tests, .notes, .on-paper, script, .reader, .quiz";

  // What a slide says of a paragraph.
  const firstSentence = (paragraph) => {
    const text = paragraph?.textContent.trim() ?? "";
    return text.match(/^.*?[.:?!](?=\s|$)/s)?.[0] ?? text;
  };

  // Takes the page apart: what is shown, and what the teacher says with it.
  const read = (main) => {
    const slides = [];
    let heading = "";
    let said = [];
    const add = (content) => {
      slides.push({ heading, lead: firstSentence(said.at(-1)), content, said });
      said = [];
    };
    const close = () => {
      // A section of words alone is a slide of its sentences.
      if (said.length === 0) return;
      if (said.length === 1) return add(null);
      const list = document.createElement("ul");
      for (const paragraph of said) {
        const item = document.createElement("li");
        item.textContent = firstSentence(paragraph);
        list.append(item);
      }
      slides.push({ heading, lead: "", content: list, said });
      said = [];
    };
    for (const element of [...main.children]) {
      if (element.matches(LEFT_OUT)) continue;
      if (element.matches("h1, h2, h3")) {
        close();
        heading = element.textContent.trim();
        // The questions and the exercises are for hands, not for a wall.
        if (heading === "Questions" || heading === "Exercises") break;
      } else if (element.matches(SHOWN)) {
        add(element);
      } else if (element.matches("pre")) {
        add(element);
      } else if (element.matches("p")) {
        said.push(element);
      }
    }
    close();
    return slides;
  };

  const present = () => {
    const main = document.querySelector("main");
    const slides = read(main);
    const stage = document.createElement("div");
    stage.className = "slides";
    stage.setAttribute("role", "region");
    stage.setAttribute("aria-label", "Slides");
    const sections = slides.map(({ heading, lead, content }) => {
      const section = document.createElement("section");
      const title = document.createElement("h2");
      title.textContent = heading;
      section.append(title);
      if (lead) {
        const words = document.createElement("p");
        words.className = "lead";
        words.textContent = lead;
        section.append(words);
      }
      if (content) section.append(content);
      section.hidden = true;
      return section;
    });
    const count = document.createElement("p");
    count.className = "count";
    count.setAttribute("aria-live", "polite");
    stage.append(...sections, count);
    document.documentElement.classList.add("presenting");
    main.replaceChildren(stage);

    let here = Math.min(Number(location.hash.slice(1)) || 0, slides.length - 1);
    const tell = () =>
      channel.postMessage({
        title: document.title,
        heading: slides[here].heading,
        said: slides[here].said.map((paragraph) => paragraph.textContent),
        next: slides[here + 1]?.heading ?? "the end",
        count: `${here + 1} of ${slides.length}`,
      });
    const show = (place) => {
      if (place < 0 || place >= slides.length) return;
      sections[here].hidden = true;
      here = place;
      sections[here].hidden = false;
      count.textContent = `${here + 1} / ${slides.length}`;
      history.replaceState(null, "", `#${here}`);
      scrollTo(0, 0);
      tell();
    };
    show(here);
    channel.addEventListener("message", ({ data }) => {
      if (data === "which?") tell();
      if (data === "next") show(here + 1);
      if (data === "back") show(here - 1);
    });
    // Before the book turns its pages with the same keys; a player keeps its own.
    addEventListener(
      "keydown",
      (event) => {
        if (event.target.closest?.(".player, [role=tablist]")) return;
        const turn = {
          ArrowRight: () => show(here + 1),
          PageDown: () => show(here + 1),
          " ": () => show(here + 1),
          ArrowLeft: () => show(here - 1),
          PageUp: () => show(here - 1),
          Home: () => show(0),
          End: () => show(slides.length - 1),
          n: () => open(`${location.pathname}?slide-notes`, "book-slide-notes", "width=800,height=700"),
          Escape: () => location.assign(location.pathname),
        }[event.key];
        if (!turn || (event.key === " " && event.target.closest("button, summary"))) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        turn();
      },
      true,
    );
  };

  // The second window: what the slide leaves out, the notes on the page, and what comes next.
  const follow = () => {
    const main = document.querySelector("main");
    const notes = [...main.querySelectorAll("aside.notes")];
    const now = document.createElement("div");
    now.className = "slide-notes";
    now.setAttribute("aria-live", "polite");
    now.textContent = "Waiting for the slides of this book in another window.";
    document.documentElement.classList.add("presenting");
    main.replaceChildren(now, ...notes);
    for (const note of notes) note.hidden = false;
    channel.addEventListener("message", ({ data }) => {
      if (!data.heading) return;
      const title = document.createElement("h2");
      title.textContent = `${data.heading} (${data.count})`;
      const words = data.said.map((text) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = text;
        return paragraph;
      });
      const next = document.createElement("p");
      next.className = "count";
      next.textContent = `Next: ${data.next}`;
      now.replaceChildren(title, ...words, next);
    });
    addEventListener(
      "keydown",
      (event) => {
        const turn = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back" }[event.key];
        if (!turn) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        channel.postMessage(turn);
      },
      true,
    );
    channel.postMessage("which?");
  };

  // The players and the tabs have to be there before their figures are moved.
  addEventListener("load", () => {
    if (parameters.has("slides")) present();
    else if (parameters.has("slide-notes")) follow();
  });
})();
