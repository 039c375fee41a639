// The course's two widgets. No framework, no network, no dependency.
//
// How to embed one: an element with class "widget" and data-widget="hex" or "crash" that holds
//   - a figcaption with the title,
//   - a script element of type application/json with the trace,
//   - an element with class "widget-static": what to show without JavaScript;
// together with widgets.css and this script, in any order; the title and the static part may be missing.
// When the document is loaded, every `[data-widget]` element that contains such a script is started; its
// static part is replaced. An element with a trace that cannot be played keeps its static part.
// Pages inline this file, so no closing script tag may appear in it, not even in a comment.
//
// Traces:
//   hex    { title, bytes: "46 44 …", fields: [{ start, size, name, value, note }], messages: ["…"],
//            flips: [[m × 8], …] }              flips[byte][bit] = index of a message, -1 = accepted; bit 0 is the lowest
//   crash  { title, steps: [{ label, kind: write|sync|create|rotate|close, segment, offset, size }],
//            segments: [{ number, regions: [{ start, size, kind: header|record|mark, label, step }] }],
//            crashes: [{ after, images: [{ lost, recovered: [label], report }] }] }   after = number of steps done
"use strict";
(() => {
  /** Makes an element. `attributes` may hold `class`, `text`, event handlers (`onclick`) and plain attributes. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
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
  const letter = (index) => String.fromCharCode(65 + (index % 26));
  const hex = (value) => value.toString(16).toUpperCase().padStart(2, "0");
  const glyph = (value) => (value > 0x20 && value < 0x7f ? String.fromCharCode(value) : "·");

  function hexExplorer(root, trace) {
    const bytes = trace.bytes.trim().split(/\s+/).map((digits) => parseInt(digits, 16));
    const fieldOf = bytes.map((_, at) => trace.fields.findIndex((f) => f.start <= at && at < f.start + f.size));
    let selected = 0, hovered = null, flip = null; // flip = { at, bit }

    const value = (at) => (flip && flip.at === at ? bytes[at] ^ (1 << flip.bit) : bytes[at]);
    const cells = bytes.map((byte, at) => {
      const field = fieldOf[at];
      const first = field >= 0 && trace.fields[field].start === at;
      return make("button", {
        type: "button", class: `hex-byte${first ? " first" : ""}`, style: hue(field), "data-at": at,
        "data-letter": first ? letter(field) : undefined,
        onclick: () => select(at), onfocus: () => select(at),
        onpointerenter: (event) => event.pointerType === "mouse" && hover(at),
        onpointerleave: () => hover(null),
      });
    });
    const rows = make("div", { class: "hex-rows", role: "group", "aria-label": "The bytes. Arrow keys move." });
    const panel = make("div", { class: "hex-panel" });
    const about = make("div", { "aria-live": "polite" });
    const bits = make("div", { class: "hex-bits", role: "group", "aria-label": "The bits of this byte" });
    const verdict = make("div", { class: "verdict", role: "status" });
    const byteText = make("div");
    panel.append(about, make("div", {}, byteText, bits, verdict));
    const legend = make("ul", { class: "hex-legend" }, ...trace.fields.map((field, index) =>
      make("li", {}, make("button", {
        type: "button", "data-field": index, onclick: () => select(field.start),
        onpointerenter: (event) => event.pointerType === "mouse" && hover(field.start), onpointerleave: () => hover(null),
      }, make("span", { class: "swatch", style: hue(index), text: letter(index) }), field.name))));
    const flips = trace.flips.flat();
    const missed = flips.filter((message) => message < 0).length;
    const summary = missed === 0
      ? `All ${flips.length} single-bit flips were tried: every one is noticed.`
      : `All ${flips.length} single-bit flips were tried: ${missed} are not noticed.`;
    root.append(rows, legend, panel, make("p", { class: "hint", text: summary }));

    function layout() {
      const columns = rows.clientWidth && rows.clientWidth < 520 ? 8 : 16;
      if (Number(rows.dataset.columns) === columns) return;
      rows.dataset.columns = columns;
      const focused = document.activeElement;
      rows.replaceChildren();
      for (let at = 0; at < cells.length; at += columns) {
        rows.append(make("div", { class: "hex-row" },
          make("span", { class: "hex-offset", text: String(at) }), ...cells.slice(at, at + columns)));
      }
      if (cells.includes(focused)) focused.focus();
    }
    function select(at) {
      if (flip && flip.at !== at) flip = null;
      selected = at;
      hovered = null;
      draw();
    }
    function hover(at) {
      hovered = at;
      draw();
    }
    function draw() {
      const shown = hovered ?? selected;
      const field = fieldOf[shown];
      cells.forEach((cell, at) => {
        cell.classList.toggle("in-field", field >= 0 && fieldOf[at] === field);
        cell.classList.toggle("flipped", flip?.at === at);
        cell.setAttribute("aria-pressed", at === selected);
        cell.tabIndex = at === selected ? 0 : -1;
        const name = fieldOf[at] >= 0 ? trace.fields[fieldOf[at]].name : "no field";
        cell.setAttribute("aria-label", `byte ${at}, ${hex(value(at))} hexadecimal, ${name}`);
        // Only what changed is replaced: a click must end on the element on which it began.
        const text = hex(value(at));
        if (cell.dataset.hex !== text) {
          cell.dataset.hex = text;
          cell.replaceChildren(text, make("small", { text: glyph(value(at)) }));
        }
      });
      legend.querySelectorAll("button").forEach((button) =>
        button.classList.toggle("lit", Number(button.dataset.field) === field));
      drawField(field);
      drawBits();
    }
    function drawField(index) {
      if (index < 0) return about.replaceChildren(make("p", { text: "This byte belongs to no field." }));
      const { start, size, name, value: text, note } = trace.fields[index];
      const last = start + size - 1;
      about.replaceChildren(
        make("p", { class: "hex-name" }, make("span", { class: "swatch", style: hue(index), text: letter(index) }), name),
        make("p", { class: "hint", text: size === 1 ? `byte ${start}` : `bytes ${start} to ${last}, ${size} of them` }),
        make("p", {}, make("code", { text })), make("p", { text: note }));
    }
    function drawBits() {
      const now = value(selected);
      byteText.replaceChildren(make("p", { class: "hex-name", text: `Byte ${selected}` }),
        make("p", {}, make("code", { text: `0x${hex(now)} = ${now}` }),
          flip ? ` was 0x${hex(bytes[selected])}` : ""));
      if (bits.childElementCount === 0) {
        for (let bit = 7; bit >= 0; bit -= 1) {
          bits.append(make("button", { type: "button", "data-bit": bit, onclick: () => toggle(bit) }));
        }
      }
      bits.querySelectorAll("button").forEach((button) => {
        const bit = Number(button.dataset.bit);
        button.replaceChildren(String((now >> bit) & 1), make("small", { text: String(bit) }));
        button.setAttribute("aria-pressed", flip?.bit === bit);
        button.setAttribute("aria-label", `bit ${bit} is ${(now >> bit) & 1}, flip it`);
      });
      const message = flip ? trace.flips[flip.at][flip.bit] : null;
      verdict.className = `verdict${message === null ? "" : message < 0 ? " missed" : " found"}`;
      verdict.replaceChildren(...(message === null
        ? [make("span", { class: "hint", text: "Flip a bit and see which check notices." })]
        : [make("b", { text: message < 0 ? "Not noticed. " : "Noticed: " }),
          message < 0 ? "the header is read as if nothing had happened." : trace.messages[message]]));
    }
    function toggle(bit) {
      flip = flip?.bit === bit ? null : { at: selected, bit };
      draw();
    }
    rows.addEventListener("keydown", (event) => {
      const columns = Number(rows.dataset.columns);
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -selected, End: cells.length };
      if (!(event.key in steps)) return;
      // The book turns the page at arrow keys; here they move the focus.
      event.preventDefault();
      event.stopPropagation();
      const to = Math.max(0, Math.min(cells.length - 1, selected + steps[event.key]));
      cells[to].focus();
    });
    new ResizeObserver(layout).observe(rows);
    layout();
    draw();
  }

  const KINDS = { write: "write", sync: "sync", create: "new file", rotate: "next segment", close: "close" };

  const describe = ({ label, kind }) => {
    const name = KINDS[kind] ?? kind;
    return label.includes(name) ? label : `${label} (${name})`;
  };

  function crashSlider(root, trace) {
    const { steps, segments } = trace;
    let done = 0, choice = 0;

    const slider = make("input", {
      type: "range", min: 0, max: steps.length, value: 0, "aria-label": "Steps done before the power fails",
      oninput: () => go(Number(slider.value)),
      // The book turns the page at arrow keys; here they move the slider.
      onkeydown: (event) => event.stopPropagation(),
    });
    const back = make("button", { type: "button", text: "Back", onclick: () => go(done - 1) });
    const next = make("button", { type: "button", text: "Next", onclick: () => go(done + 1) });
    const ticks = make("div", { class: "crash-ticks", "aria-hidden": "true" },
      ...steps.map((step) => make("i", { class: step.kind, title: describe(step) })));
    const label = make("div", { class: "crash-step", "aria-live": "polite" });
    const largest = Math.max(1, ...segments.flatMap((s) => s.regions.map((r) => r.size)));
    const files = segments.map((segment) => ({
      segment,
      regions: segment.regions.map((region) => ({ region, box: drawRegion(region, largest) })),
    }));
    for (const file of files) {
      file.row = make("div", { class: "crash-file" },
        make("span", { class: "mono", text: `${String(file.segment.number).padStart(10, "0")}.wal` }),
        make("div", {}, ...file.regions.map(({ box }) => box)));
    }
    const example = (kind, text) => make("li", {}, make("span", { class: `region ${kind}` }), text);
    const legend = make("ul", { class: "crash-legend" }, example("header", "header"), example("record", "record"),
      ...(segments.some((s) => s.regions.some((r) => r.kind === "mark")) ? [example("mark", "mark")] : []),
      example("record unsynced", "striped: written, not yet synced"),
      example("record kept", "green edge: recovered"), example("record gone", "struck through: not recovered"), make("li", { text: "tall bar above: a sync" }));
    const choices = make("div", { class: "crash-choices" });
    const images = make("fieldset", { class: "crash-images" }, make("legend", { text: "The power fails here. What did the disk lose?" }), choices);
    const result = make("div", { class: "crash-result", "aria-live": "polite" });
    root.append(make("div", { class: "crash-controls" }, back, make("div", {}, slider, ticks), next), label,
      make("div", { class: "crash-files", tabindex: 0, role: "group", "aria-label": "The files" }, ...files.map((f) => f.row)),
      legend, images, result);

    function go(to) {
      done = Math.max(0, Math.min(steps.length, to));
      choice = 0;
      draw();
    }
    /** A sync or a close makes durable what was written before it to its segment. Segment 0 is the directory. */
    const synced = (number, step) => steps.slice(step + 1, done).some((later) =>
      (later.kind === "sync" || later.kind === "close") && later.segment === number);

    function draw() {
      slider.value = done;
      back.disabled = done === 0;
      next.disabled = done === steps.length;
      [...ticks.children].forEach((tick, index) => tick.classList.toggle("done", index < done));
      const step = steps[done - 1];
      const text = step ? describe(step) : "Nothing has happened yet.";
      slider.setAttribute("aria-valuetext", `${done} of ${steps.length}: ${text}`);
      label.replaceChildren(make("b", { text: `Step ${done} of ${steps.length}` }), text);
      const point = trace.crashes.find((crash) => crash.after === done);
      drawChoices(point);
      const image = point?.images[choice];
      drawFiles(image);
      drawResult(image);
    }
    function drawFiles(image) {
      for (const { segment, row, regions } of files) {
        row.classList.toggle("later", regions.every(({ region }) => region.step >= done));
        for (const { region, box } of regions) {
          const written = region.step < done;
          const durable = written && synced(segment.number, region.step);
          const record = written && region.kind === "record" && image;
          const kept = record && image.recovered.includes(region.label);
          box.classList.toggle("later", !written);
          box.classList.toggle("unsynced", written && !durable);
          box.classList.toggle("now", written && region.step === done - 1);
          box.classList.toggle("kept", Boolean(record && kept));
          box.classList.toggle("gone", Boolean(record && !kept));
          const state = durable ? "synced" : "not synced";
          box.querySelector("small").textContent = durable ? `${region.size} B, synced` : `${region.size} B`;
          box.setAttribute("aria-label", `${region.kind} ${region.label}, ${region.size} bytes, ${state}${record ? (kept ? ", recovered" : ", not recovered") : ""}`);
          box.setAttribute("aria-hidden", !written);
        }
      }
    }
    function drawChoices(point) {
      images.hidden = !point;
      choices.replaceChildren(...(point?.images ?? []).map((image, index) => {
        const input = make("input", {
          type: "radio", name: `crash-${id}`, value: index, onchange: () => { choice = index; draw(); choices.querySelectorAll("input")[index].focus(); },
          onkeydown: (event) => event.stopPropagation(),
        });
        input.checked = index === choice;
        return make("label", {}, input, make("span", { text: image.lost }));
      }));
    }
    function drawResult(image) {
      if (!image) {
        result.replaceChildren(make("p", { class: "hint", text: "No crash was recorded at this point." }));
        return;
      }
      const list = (labels) => (labels.length ? labels.join(", ") : "nothing");
      const promised = files.flatMap(({ segment, regions }) => regions.map(({ region }) => region)
        .filter((region) => region.kind === "record" && region.step < done && synced(segment.number, region.step))
        .map((region) => region.label));
      const broken = promised.filter((name) => !image.recovered.includes(name));
      result.replaceChildren(make("div", { class: `verdict ${broken.length ? "missed" : "found"}` },
        make("p", {}, make("b", { text: "Recovery returns: " }), list(image.recovered)),
        make("p", {}, make("b", { text: "It reports: " }), image.report),
        make("p", { class: "hint", text: broken.length
          ? `Synced before, but lost: ${list(broken)}.` : `Synced before the crash: ${list(promised)}. All of it is there.` })));
    }
    const id = (crashSlider.count = (crashSlider.count ?? 0) + 1);
    draw();
  }

  /** A region's box: wide enough for its label, and wider the more bytes it has. */
  function drawRegion(region, largest) {
    const width = Math.max(4.6, region.label.length * 0.62 + 1.4, (12 * region.size) / largest);
    return make("div", { class: `region ${region.kind}`, role: "img", style: `width: ${width.toFixed(1)}em` },
      make("b", { text: region.label }), make("small"));
  }

  const WIDGETS = { hex: hexExplorer, crash: crashSlider };

  function start(root) {
    const script = root.querySelector('script[type="application/json"]');
    const play = WIDGETS[root.dataset.widget];
    if (!script || !play || root.dataset.started) return;
    root.dataset.started = "true";
    const stage = document.createElement("div");
    try {
      const trace = JSON.parse(script.textContent);
      if (!root.querySelector("figcaption") && trace.title) root.prepend(make("figcaption", { text: trace.title }));
      root.append(stage);
      play(stage, trace);
      root.querySelector(".widget-static")?.remove();
    } catch (error) {
      stage.remove();
      console.error("a widget's trace cannot be played:", error);
    }
  }
  const startAll = () => document.querySelectorAll("[data-widget]").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
