// A block: its entries split into fields, seeks step by step, and the bits of a bloom filter.
//
//   { title, size, restart_interval,
//     entries: [{ offset, restart, shared, key, timestamp, operation, value, fields: [[name, hex], …] }],
//     trailer: [[name, hex], …],                                          restarts and their count
//     seeks: [{ label, found, steps: [{ phase: restart|scan, low, high, restart, entry, order: less|equal|greater }] }],
//     filter: { bytes: hex, bits_per_key, line_bits, probes: [{ key, present, bits: [n], answer }] } }
//
// `shared` counts the bytes of the key that come from the entry before. Bit n is in byte n / 8, from the lowest up.
"use strict";
ferrisWidgets.add("block", (() => {
  const { make, hue, stepper, picker, verdict, plural, versionName } = ferrisWidgets;
  const MEANING = {
    "shared": "how many bytes of the key are those of the key before", "suffix size": "how many bytes of the key follow here",
    "value size": "how many bytes the value has", "operation": "put or delete", "timestamp": "when it was written",
    "suffix": "the rest of the key", "value": "the value",
  };
  const sizeOf = (hex) => (hex ? hex.trim().split(/\s+/).length : 0);
  const printable = (hex) => hex.trim().split(/\s+/).map((byte) => parseInt(byte, 16))
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");

  function block(root, trace) {
    entries(root, trace);
    if (trace.filter) filter(root, trace.filter);
  }

  function entries(root, trace) {
    const { entries: all, trailer, seeks } = trace;
    const restarts = all.flatMap((entry, at) => (entry.restart ? [at] : []));
    const fields = make("div", { class: "block-fields", "aria-live": "polite" });
    const rows = all.map((entry, at) => make("button", { type: "button", class: "block-entry", "data-entry": at, onclick: () => select(at) },
      make("span", { class: "offset", text: entry.offset }),
      make("span", { class: "restart", text: entry.restart ? `restart ${restarts.indexOf(at)}` : "" }),
      make("span", { class: "key" }, make("s", { text: entry.key.slice(0, entry.shared) }), entry.key.slice(entry.shared),
        make("small", { text: ` @${entry.timestamp}` })),
      make("span", { class: "value", text: entry.operation === "delete" ? "deleted" : entry.value === "" ? "“”" : entry.value })));
    const trailerSize = trailer.reduce((sum, [, hex]) => sum + sizeOf(hex), 0);
    const last = make("button", { type: "button", class: "block-entry", "data-entry": all.length, onclick: () => select(all.length) },
      make("span", { class: "offset", text: trace.size - trailerSize }), make("span", { class: "restart" }),
      make("span", { class: "key", text: "the restarts and their count" }), make("span", { class: "value", text: `${trailerSize} bytes` }));
    const list = make("div", { class: "block-entries", role: "group", "aria-label": "The entries. Press one to see its bytes." }, ...rows, last);
    const saved = all.reduce((sum, { shared }) => sum + shared, 0);
    const said = make("p", { class: "said", "aria-live": "polite" });
    let seek = null;
    const controls = stepper({ label: "Steps of the seek", onstep: step, describe: words });
    const seekers = picker({ legend: "Follow", labels: seeks.map(({ label }) => label), onpick: (index) => {
      seek = seeks[index];
      controls.reset(seek.steps.length);
    } });
    root.append(
      make("p", { class: "hint", text: `${plural(trace.size, "byte")}, ${all.length} entries, a restart every ${trace.restart_interval}. Grey: not stored, taken from the key before (${plural(saved, "byte")} saved).` }),
      seekers.element, controls.element, said, list, fields);

    function select(at) {
      [...rows, last].forEach((row, index) => row.setAttribute("aria-pressed", index === at));
      const parts = at < all.length ? all[at].fields : trailer;
      const start = at < all.length ? all[at].offset : trace.size - trailerSize;
      const name = at < all.length ? versionName(all[at]) : "The end of the block";
      const size = parts.reduce((sum, [, hex]) => sum + sizeOf(hex), 0);
      fields.replaceChildren(
        make("p", {}, make("b", { text: name }), make("span", { class: "hint", text: ` bytes ${start} to ${start + size - 1}` })),
        make("div", { class: "fields" }, ...parts.map(([field, hex], index) => make("div", { style: hue(index), title: MEANING[field] },
          make("small", { text: field }), make("code", { text: hex || "none" }),
          ...(field === "suffix" || field === "value" ? [make("small", { text: hex ? `“${printable(hex)}”` : "" })] : [])))));
    }
    function words(at) {
      if (!seek) return "";
      if (at === 0) return `${seek.label}: which restart is the last one before it?`;
      const { phase, low, high, restart, entry, order } = seek.steps[at - 1];
      const compared = { less: "comes before the target", equal: "is the target", greater: "comes after the target" }[order];
      if (phase === "restart") {
        const among = low === high ? `Restart ${low} is left` : `Restarts ${low} to ${high} are left`;
        return `${among}. Number ${restart}, ${versionName(all[entry])}, is stored whole; it ${compared}.`;
      }
      return `Entry by entry: ${versionName(all[entry])} ${compared}.`;
    }
    function step(at) {
      const done = seek.steps.slice(0, at);
      const now = done.at(-1);
      const found = at === seek.steps.length ? seek.found : null;
      rows.forEach((row, index) => {
        const number = restarts.indexOf(index);
        row.classList.toggle("out", now?.phase === "restart" && number >= 0 && (number < now.low || number > now.high));
        row.classList.toggle("looked", done.some(({ entry }) => entry === index));
        row.classList.toggle("now", now?.entry === index);
        row.classList.toggle("found", found === index);
      });
      const end = found === null ? [] : [make("b", { text: found < 0 ? " Behind the last entry: nothing is found." : ` Found: ${versionName(all[found])}.` })];
      said.replaceChildren(words(at), ...end);
      if (now) select(now.entry);
    }
    if (seeks.length > 0) seekers.pick(0);
    select(Math.min(1, all.length));
  }

  function filter(root, { bytes, bits_per_key: bitsPerKey, line_bits: lineBits, probes }) {
    const values = bytes.trim().split(/\s+/).map((byte) => parseInt(byte, 16));
    const isSet = (bit) => Boolean((values[bit >> 3] >> (bit & 7)) & 1);
    const cells = Array.from({ length: values.length * 8 }, (_, bit) => make("i", {
      class: `${isSet(bit) ? "set" : ""}${lineBits && bit > 0 && bit % lineBits === 0 ? " line" : ""}`, title: `bit ${bit}`,
    }));
    const set = cells.filter((_, bit) => isSet(bit)).length;
    const result = make("div", { "aria-live": "polite" });
    const label = ({ key, present }) => [key, make("small", { text: present ? " in" : " not in" })];
    const keys = picker({ legend: "Ask for", labels: probes.map(label), onpick: (index) => {
      const { key, present, bits, answer } = probes[index];
      cells.forEach((cell, bit) => {
        cell.classList.toggle("hit", bits.includes(bit) && isSet(bit));
        cell.classList.toggle("miss", bits.includes(bit) && !isSet(bit));
      });
      const clear = bits.filter((bit) => !isSet(bit));
      const asked = `Bits ${bits.join(", ")}: `;
      const seen = clear.length === 0 ? "all are set." : `${clear.join(", ")} ${clear.length === 1 ? "is" : "are"} not set.`;
      const right = answer || !present;
      const end = present ? (answer ? "The key may be there; it is." : "The key is in the table, and the filter denies it. That must never happen.")
        : answer ? "A false positive: other keys set these bits. The block is read for nothing." : "The key is certainly not there. No block is read.";
      result.replaceChildren(verdict(!right ? false : present === answer ? true : undefined,
        make("b", { text: `${key}: ` }), asked, seen, " ", end));
      result.firstChild.classList.toggle("false-positive", !present && answer);
    } });
    root.append(make("h4", { text: "The filter" }),
      make("p", { class: "hint", text: `${cells.length} bits, ${set} of them set (filled); ${bitsPerKey} bits a key.${lineBits ? ` Each key asks within one line of ${lineBits} bits.` : ""}` }),
      keys.element, make("div", { class: "block-bits", role: "img", "aria-label": `The bits of the filter, ${set} of ${cells.length} set` }, ...cells), result);
    if (probes.length > 0) keys.pick(0);
  }

  return block;
})());
