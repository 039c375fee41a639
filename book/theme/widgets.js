// What the course's widgets share. No framework, no network, no dependency. Each widget is a file of its own in
// the folder `widgets`, loaded after this one, and describes the trace that it plays.
//
// How to embed one: an element with class "widget" and data-widget="hex" (or another name) that holds
//   - a figcaption with the title,
//   - a script element of type application/json with the trace,
//   - perhaps a second one with class "ours": the trace of the reference, to compare a learner's trace with,
//   - an element with class "widget-static": what to show without JavaScript;
// together with widgets.css, this script and that of the widget; the title and the static part may be missing.
// When the document is loaded, every `[data-widget]` element that contains such a script is started; its
// static part is replaced. An element with a trace that cannot be played keeps its static part.
// Pages inline these files, so no closing script tag may appear in them, not even in a comment.
"use strict";
const ferrisWidgets = (() => {
  const SVG = ["svg", "g", "path", "rect", "text", "circle", "line", "defs", "marker"];

  /** Makes an element. `attributes` may hold `class`, `text`, event handlers (`onclick`) and plain attributes. */
  const make = (tag, attributes = {}, ...children) => {
    const element = SVG.includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") element.textContent = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  const HUES = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const hue = (index) => (index < 0 ? "" : `--hue: var(--fd-${HUES[index % HUES.length]})`);

  /** The book turns the page at arrow keys; in a control they move the control. */
  const keepKeys = (event) => event.stopPropagation();

  /** One of a group of radio buttons; a group is named after the widget that it is in. */
  let groups = 0;
  const group = () => `widget-${(groups += 1)}`;

  /**
   * Back, a slider, Next: walks through the steps 0 to `max`. `onstep(at)` draws one; `describe(at)` says it in words
   * for a screen reader; `below` is shown under the slider.
   */
  function stepper({ label, onstep, describe, below = [] }) {
    let at = 0, max = 0;
    const slider = make("input", {
      type: "range", min: 0, value: 0, "aria-label": label, oninput: () => go(Number(slider.value)), onkeydown: keepKeys,
    });
    const back = make("button", { type: "button", text: "Back", onclick: () => go(at - 1) });
    const next = make("button", { type: "button", text: "Next", onclick: () => go(at + 1) });
    function go(to) {
      at = Math.max(0, Math.min(max, to));
      slider.value = at;
      back.disabled = at === 0;
      next.disabled = at === max;
      slider.setAttribute("aria-valuetext", `${at} of ${max}: ${describe(at)}`);
      onstep(at);
    }
    return {
      element: make("div", { class: "stepper" }, back, make("div", {}, slider, ...below), next),
      /** To place it somewhere else than in `element`. */
      slider,
      go,
      /** Begins anew with another number of steps. */
      reset: (steps, start = 0) => {
        max = steps;
        slider.max = steps;
        go(start);
      },
    };
  }

  /** A row of buttons of which one is chosen. `labels` are texts, or lists of nodes; `onpick(index)` is told. */
  function picker({ legend, labels, onpick }) {
    const buttons = labels.map((label, index) => make("button", { type: "button", "data-pick": index, onclick: () => pick(index) },
      ...[label].flat()));
    const show = (index) => buttons.forEach((button, at) => button.setAttribute("aria-pressed", at === index));
    const pick = (index) => {
      show(index);
      onpick(index);
    };
    return {
      element: make("div", { class: "picker", role: "group", "aria-label": legend }, make("span", { class: "hint", text: legend }), ...buttons),
      pick,
      /** Shows a choice, or none with -1, without telling. */
      show,
    };
  }

  /** A verdict in words: `good` true or false, or undefined for neither. */
  const verdict = (good, ...children) =>
    make("div", { class: `verdict${good === undefined ? "" : good ? " found" : " missed"}` }, ...children);

  /** Scrolls `box` sideways, and only that box, until `child` lies well inside of it. */
  const reveal = (box, child) => {
    const [outer, inner] = [box.getBoundingClientRect(), child.getBoundingClientRect()];
    const margin = Math.min(40, outer.width / 8);
    if (inner.left < outer.left + margin) box.scrollLeft += inner.left - outer.left - margin;
    else if (inner.right > outer.right - margin) box.scrollLeft += inner.right - outer.right + margin;
  };

  const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const versionName = ({ key, timestamp }) => `${key} @${timestamp}`;

  const widgets = {};
  function start(root) {
    const script = root.querySelector('script[type="application/json"]');
    const play = widgets[root.dataset.widget];
    if (!script || !play || root.dataset.started) return;
    root.dataset.started = "true";
    const stage = document.createElement("div");
    try {
      const trace = JSON.parse(script.textContent);
      if (!root.querySelector("figcaption") && trace.title) root.prepend(make("figcaption", { text: trace.title }));
      root.append(stage);
      const ours = root.querySelector("script.ours");
      play(stage, trace, ours ? JSON.parse(ours.textContent) : undefined);
      root.querySelector(".widget-static")?.remove();
    } catch (error) {
      stage.remove();
      console.error("a widget's trace cannot be played:", error);
    }
  }
  /** Makes a widget known: `play(element, trace, ours)` fills the element; it may compare with `ours` if there is one. */
  const add = (name, play) => {
    widgets[name] = play;
    const startAll = () => document.querySelectorAll(`[data-widget="${name}"]`).forEach(start);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
    else startAll();
  };

  return { make, hue, keepKeys, group, stepper, picker, verdict, reveal, plural, versionName, add };
})();
