// The hex explorer: select a byte to see its field, flip a bit to see which check notices.
//
//   { title, bytes: "46 44 …", fields: [{ start, size, name, value, note }], messages: ["…"],
//     flips: [[m × 8], …] }              flips[byte][bit] = index of a message, -1 = accepted; bit 0 is the lowest
"use strict";
ferrisWidgets.add("hex", (() => {
  const { make, hue } = ferrisWidgets;
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

  return hexExplorer;
})());
