// A table: the file as a map of its blocks, and lookups step by step with the bytes they read.
//
//   { title, size,
//     blocks: [{ offset, size, kind: header|data|filter|index|top|properties|footer, first, last, entries, raw, compression }],
//     lookups: [{ label, result, steps: [{ what: read|hit|filter|index|entry|none|verify, block, through, to, bytes, answer, text }] }] }
//
// The lookups were done in this order, so what one has read the next may find in the cache.
"use strict";
ferrisWidgets.add("table", (() => {
  const { make, stepper, picker, plural } = ferrisWidgets;
  const KINDS = {
    header: ["h", "header"], data: ["b", "data"], filter: ["c", "filter"], index: ["a", "index"], top: ["f", "top index"],
    properties: ["d", "properties"], footer: ["h", "footer"],
  };
  const said = ({ what, answer }, where) => ({
    read: `read ${where} from the file`, hit: `${where} is in the cache`, filter: `ask the filter: ${answer ? "maybe" : "no"}`,
    index: `look into ${where}`, entry: `found in ${where}`, none: `not in ${where}`, verify: `check ${where}`,
  })[what];
  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function table(root, trace) {
    const { blocks, lookups } = trace;
    const numbers = blocks.map(({ kind }, at) => blocks.slice(0, at).filter((other) => other.kind === kind).length);
    const several = (kind) => blocks.filter((other) => other.kind === kind).length > 1;
    const name = (at) => KINDS[blocks[at].kind][1] + (several(blocks[at].kind) ? ` ${numbers[at]}` : "");
    const largest = Math.max(...blocks.map(({ size }) => size));
    const boxes = blocks.map((block, at) => make("button", {
      type: "button", class: "table-block", "data-block": at, style: `--hue: var(--fd-${KINDS[block.kind][0]}); flex-grow: ${block.size}; flex-basis: ${(4.6 + (4.5 * block.size) / largest).toFixed(1)}em`,
      onclick: () => select(at),
    }, make("b", { text: name(at) }), make("small", { text: `${block.size} B` })));
    const map = make("div", { class: "table-map", role: "group", "aria-label": "The blocks of the file, in order. Press one for its details." }, ...boxes);
    const about = make("p", { class: "table-about", "aria-live": "polite" });
    const text = make("p", { class: "said", "aria-live": "polite" });
    const sums = make("p", { class: "hint" });
    const frames = make("span", { class: "hint", text: " Framed: touched by this lookup. Dot: in memory." });
    const result = make("p", { class: "table-result" });
    let shown = 0;

    const controls = stepper({ label: "Steps of the lookup", onstep: step, describe: words });
    const picks = picker({ legend: "Follow", labels: lookups.map(({ label }) => label), onpick: (index) => {
      shown = index;
      controls.reset(lookups[index].steps.length);
    } });
    root.append(picks.element, controls.element, text, sums, map, about, result);

    const through = ({ block, through: last }) => Array.from({ length: (last ?? block) - block + 1 }, (_, more) => block + more);
    function words(at) {
      const { label, steps } = lookups[shown];
      if (at === 0) return `${label}: nothing has been read for it yet.`;
      const current = steps[at - 1];
      const where = current.through > current.block ? `${name(current.block)} to ${name(current.through)}` : name(current.block);
      return sentence(said(current, where)) + (current.text ? `: ${current.text}` : "");
    }
    function step(at) {
      const { steps, result: outcome } = lookups[shown];
      const done = steps.slice(0, at);
      const before = lookups.slice(0, shown).flatMap((lookup) => lookup.steps);
      const inMemory = new Set([...before, ...done].filter(({ what }) => what === "read" || what === "hit").flatMap(through));
      const touched = new Set(done.flatMap(through));
      const current = done.at(-1);
      boxes.forEach((box, index) => {
        box.classList.toggle("memory", inMemory.has(index));
        box.classList.toggle("touched", touched.has(index));
        box.classList.toggle("now", Boolean(current) && through(current).includes(index));
        box.classList.toggle("target", current?.what === "index" && current.to === index);
        box.setAttribute("aria-label", `${name(index)}, ${blocks[index].size} bytes${inMemory.has(index) ? ", in memory" : ""}${touched.has(index) ? ", touched" : ""}`);
      });
      text.textContent = words(at);
      const reads = done.filter(({ what }) => what === "read");
      const bytes = reads.reduce((sum, read) => sum + (read.bytes ?? 0), 0);
      const hits = done.filter(({ what }) => what === "hit").length;
      sums.textContent = `${plural(reads.length, "read")}, ${bytes} of ${trace.size} bytes; ${plural(hits, "hit")} in the cache.`;
      result.replaceChildren(...(at === steps.length ? [make("b", { text: "Result: " }), outcome] : []));
      if (current) select(current.to ?? current.block);
    }
    function select(at) {
      boxes.forEach((box, index) => box.setAttribute("aria-pressed", index === at));
      const { offset, size, first, last, entries, raw, compression } = blocks[at];
      const parts = [`bytes ${offset} to ${offset + size - 1}`];
      if (entries !== undefined) parts.push(entries === 1 ? "1 entry" : `${entries} entries`);
      if (first !== undefined) parts.push(`${first} to ${last}`);
      if (raw !== undefined) parts.push(compression && compression !== "none" ? `${compression}: ${raw} bytes before` : `${raw} bytes, not compressed`);
      about.replaceChildren(make("b", { text: `${name(at)}: ` }), `${parts.join("; ")}.`, frames);
    }
    select(0);
    if (lookups.length > 0) picks.pick(0);
  }

  return table;
})());
