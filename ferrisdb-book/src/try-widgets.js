// Evaluated in every page by the browser check. Answers { widgets, problems: ["…"] }.
(async () => {
  const problems = [];
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const expect = (holds, problem) => holds || problems.push(problem);
  await document.fonts.ready;
  await frame();

  // Nothing may stick out of the window, except inside a box that scrolls by itself.
  const scrolls = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(box).overflowX)
        && !box.matches("#mdbook-content, #mdbook-body-container")) return true;
    }
    return false;
  };
  const outside = [...document.querySelectorAll("main *")].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    return width > 0 && right > innerWidth + 1 && !scrolls(element);
  });
  for (const element of outside.slice(0, 3)) {
    const name = element.className?.baseVal ?? element.className;
    problems.push(`<${element.localName} class="${name}"> sticks out of the window: ${element.textContent.trim().slice(0, 60)}`);
  }

  // A drawing cuts off what lies outside of it.
  for (const text of document.querySelectorAll("main svg text")) {
    const drawing = text.ownerSVGElement.getBoundingClientRect();
    const { left, right, top, bottom } = text.getBoundingClientRect();
    expect(left >= drawing.left - 1 && right <= drawing.right + 1 && top >= drawing.top - 2 && bottom <= drawing.bottom + 2,
      `a drawing cuts off its text: ${text.textContent}`);
  }

  const move = (slider, to) => {
    slider.value = to;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const named = (widget, name) => [...widget.querySelectorAll("button")].find((button) => button.textContent === name);

  // Goes through every step of every choice that a widget offers.
  const walkAll = (widget, changes) => {
    const name = widget.dataset.widget;
    const slider = widget.querySelector("input[type=range]");
    const choices = [...widget.querySelectorAll("[data-pick]")];
    for (const choice of [...choices.slice(1), ...choices.slice(0, 1)]) {
      const shown = choice.getAttribute("aria-pressed") === "true";
      if (shown) choice.click();
      else changes(`choosing "${choice.textContent}"`, () => choice.click());
      expect(choice.getAttribute("aria-pressed") === "true", `${name}: the choice "${choice.textContent}" is not shown`);
      if (Number(slider.value) === 0) walk(slider, changes);
    }
    if (choices.length === 0) {
      move(slider, 0);
      walk(slider, changes);
    }
    changes("Back", () => named(widget, "Back").click());
    changes("Next", () => named(widget, "Next").click());
    expect(named(widget, "Next").disabled, `${name}: Next is offered after the last step`);
  };
  const walk = (slider, changes) => {
    for (let step = 1; step <= Number(slider.max); step += 1) changes(`moving the slider to ${step}`, () => move(slider, step));
  };

  const TRIES = {
    hex: (widget, changes) => {
      const bytes = widget.querySelectorAll(".hex-byte");
      changes("a click on a byte", () => bytes[bytes.length - 1].click());
      changes("a click on a bit", () => widget.querySelector(".hex-bits button").click());
      expect(widget.querySelector(".verdict.found, .verdict.missed"), "hex: a flipped bit got no verdict");
      changes("an arrow key", () => {
        bytes[bytes.length - 1].focus();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true, cancelable: true }));
      });
    },
    crash: (widget, changes) => {
      const slider = widget.querySelector("input[type=range]");
      for (let step = 1; step <= Number(slider.max); step += 1) {
        changes(`moving the slider to ${step}`, () => move(slider, step));
        const images = widget.querySelectorAll("input[type=radio]");
        if (images.length > 1) changes("choosing another disk", () => images[images.length - 1].click());
        expect(!widget.querySelector(".verdict.missed"), `crash: after step ${step} the trace loses what was synced`);
      }
      changes("Back", () => named(widget, "Back").click());
    },
    towers: (widget, changes) => {
      walkAll(widget, changes);
      const cut = [...widget.querySelectorAll("svg text")].filter((text) => text.getBBox().x < 0);
      expect(cut.length === 0, `towers: the drawing cuts off "${cut[0]?.textContent}"`);
    },
    versions: (widget, changes) => {
      walkAll(widget, changes);
      const slider = widget.querySelector("input[type=range]");
      for (let at = 0; at <= Number(slider.max); at += 1) {
        move(slider, at);
        expect(!widget.querySelector(".verdict.missed"), `versions: the recorded answers as of ${at} are not what the versions say`);
      }
    },
    block: (widget, changes) => {
      walkAll(widget, changes);
      const entries = [...widget.querySelectorAll("[data-entry]")];
      for (const entry of entries) changes("a click on an entry", () => entry.click());
      expect(widget.querySelectorAll(".fields > div").length > 0, "block: the last piece has no fields");
      expect(!widget.querySelector(".verdict.missed"), "block: the filter denies a key that is there");
    },
    table: (widget, changes) => {
      walkAll(widget, changes);
      for (const block of widget.querySelectorAll("[data-block]")) changes("a click on a block", () => block.click());
    },
    levels: (widget, changes) => {
      const slider = widget.querySelector("input[type=range]");
      for (const choice of widget.querySelectorAll("[data-pick]")) {
        // Another strategy is shown at the same moment of the day.
        move(slider, 0);
        if (choice.getAttribute("aria-pressed") !== "true") changes(`choosing "${choice.textContent}"`, () => choice.click());
        expect(Number(slider.value) === 0, "levels: the day is not at its beginning");
        walk(slider, changes);
      }
      changes("Back", () => named(widget, "Back").click());
      changes("Next", () => named(widget, "Next").click());
      expect(!widget.querySelector(".verdict.missed"), "levels: tables of one level overlap");
    },
  };

  const widgets = [...document.querySelectorAll("[data-widget]")];
  for (const widget of widgets) {
    if (widget.querySelector(".widget-static") || !widget.querySelector("button")) {
      problems.push(`the ${widget.dataset.widget} widget did not start`);
      continue;
    }
    // A widget draws at once, so there is nothing to wait for.
    const changes = (what, act) => {
      const before = widget.innerHTML;
      act();
      expect(widget.innerHTML !== before, `${widget.dataset.widget}: nothing changed after ${what}`);
    };
    (TRIES[widget.dataset.widget] ?? walkAll)(widget, changes);
  }

  // The book's search finds a word of the page's own title.
  const title = document.querySelector("main h1")?.textContent.trim().split(/\s+/).pop();
  const bar = document.getElementById("mdbook-searchbar");
  if (title && bar && location.hash === "") {
    document.getElementById("mdbook-search-toggle").click();
    bar.value = title;
    bar.dispatchEvent(new KeyboardEvent("keyup", { key: "a", bubbles: true }));
    bar.dispatchEvent(new Event("input", { bubbles: true }));
    for (let wait = 0; wait < 60 && !document.querySelector("#mdbook-searchresults li"); wait += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(document.querySelector("#mdbook-searchresults li"), `the search does not find "${title}"`);
    bar.value = "";
    document.getElementById("mdbook-search-toggle").click();
    await frame();
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  await frame();
  return { widgets: widgets.length, problems };
})()
