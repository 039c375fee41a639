// The parts of a running database, and what a write, a flush, a read or a restart does to them.
//
//   { title,
//     scenes: [{ label, result,
//       state: { published, watermark, writers: [text], readers: [text], memtable: [text], frozen: [[text]],
//                log: [{ name, batches: [text] }], manifest: text, tables: [{ number, keys, entries, status: live|dead|unfinished }] },
//       steps: [{ kind, at: [part], text, state: { what is new of the above } }] }] }
//
// kind: write, sync, create, rename, remove, read, memory, look, found, nothing, wait.
// part: writers, readers, published, watermark, memtable, frozen0, log1 (by its name), manifest, table3 (by its number), directory.
"use strict";
ferrisWidgets.add("engine", (() => {
  const { make, stepper, picker } = ferrisWidgets;
  const SAID = { write: "written", sync: "synced", create: "new file", rename: "renamed", remove: "removed", read: "read from the disk", memory: "in memory", look: "looked at", found: "found", nothing: "not here", wait: "waits" };
  const STATUS = { live: "", dead: "no version names it", unfinished: "unfinished" };

  function engine(root, trace, ours) {
    const { scenes } = trace;
    let shown = 0;
    const stage = make("div", { class: "engine" });
    const text = make("p", { class: "said", "aria-live": "polite" });
    const result = make("p", { class: "table-result" });
    const controls = stepper({ label: "Steps", onstep: draw, describe: words });
    const picks = picker({ legend: "Follow", labels: scenes.map(({ label }) => label), onpick: (index) => {
      shown = index;
      controls.reset(scenes[index].steps.length);
    } });
    root.append(picks.element, controls.element, text, stage, result);

    const stepAt = (at) => scenes[shown].steps[at - 1];
    const stateAt = (at) => Object.assign({}, scenes[shown].state, ...scenes[shown].steps.slice(0, at).map(({ state }) => state ?? {}));
    function words(at) {
      return at === 0 ? "Before it begins." : `${SAID[stepAt(at).kind]}: ${stepAt(at).text}`;
    }
    function draw(at) {
      const step = at > 0 ? stepAt(at) : undefined;
      text.replaceChildren(...(step ? [make("b", { class: `engine-kind ${step.kind}`, text: SAID[step.kind] }), ` ${step.text}`] : ["Before it begins."]));
      const [state, before] = [stateAt(at), stateAt(Math.max(0, at - 1))];
      const now = step?.at ?? [];
      // What a step has taken away is shown a last time.
      const gone = new Set(now.filter((part) => !parts(state).has(part)));
      for (const field of ["log", "tables", "frozen"]) {
        if (gone.size > 0 && state[field].length < before[field].length) state[field] = before[field];
      }
      stage.replaceChildren(...bands(state, before, (part) => (now.includes(part) ? ` now ${step.kind}${gone.has(part) ? " gone" : ""}` : "")));
      const { result: outcome, steps } = scenes[shown];
      const end = at === steps.length;
      result.replaceChildren(...(end && outcome ? [make("b", { text: "Result: " }), outcome] : []), ...(end && ours ? [make("p", { class: "hint", text: beside(steps) })] : []));
    }
    /** Where a learner's steps go another way than those of our crate. */
    function beside(steps) {
      const theirs = ours.scenes[shown]?.steps ?? [];
      const same = (step, index) => step && theirs[index] && step.kind === theirs[index].kind && step.text === theirs[index].text;
      const longer = steps.length > theirs.length ? steps : theirs;
      const first = longer.findIndex((_, index) => !same(steps[index], index));
      if (first < 0) return "Our crate took the same steps.";
      const other = theirs[first] ? `${SAID[theirs[first].kind]}: ${theirs[first].text}` : "nothing more";
      return `From step ${first + 1} on our crate went another way: ${other}.`;
    }
    if (scenes.length > 0) picks.pick(0);
  }

  const parts = ({ log, tables, frozen }) => new Set(["writers", "readers", "published", "watermark", "memtable", "manifest", "directory",
    ...log.map(({ name }) => `log${name}`), ...tables.map(({ number }) => `table${number}`), ...frozen.map((_, index) => `frozen${index}`)]);

  function bands(state, before, now) {
    const old = new Set([before.memtable, ...before.frozen, ...before.log.map(({ batches }) => batches)].flat());
    const entry = (line) => make("code", { class: old.has(line) ? "" : "new", text: line });
    const box = (part, title, ...content) => make("div", { class: `engine-box ${part.replace(/\d+$/, "")}${now(part)}` }, make("b", { text: title }), ...content);
    const lines = (texts, empty) => (texts.length > 0 ? texts.map(entry) : [make("small", { text: empty })]);
    const band = (name, ...boxes) => make("div", { class: "engine-band" }, make("span", { class: "hint", text: name }), make("div", {}, ...boxes));
    const people = (part, title, texts) => (texts.length > 0 ? [box(part, title, ...texts.map((line) => make("small", { text: line })))] : []);
    return [
      band("threads",
        ...people("writers", "writers", state.writers), ...people("readers", "readers", state.readers),
        box("published", "published", make("small", { text: `@${state.published}` })),
        box("watermark", "watermark", make("small", { text: `@${state.watermark}` }))),
      band("memory",
        box("memtable", "memtable", ...lines(state.memtable, "empty")),
        ...state.frozen.map((texts, index) => box(`frozen${index}`, "frozen", ...lines(texts, "empty")))),
      band("disk",
        ...state.log.map(({ name, batches }) => box(`log${name}`, `log ${name}`, ...lines(batches, "no batch"))),
        ...state.tables.map(({ number, keys, entries, status }) => box(`table${number}`, `table ${number}`,
          make("small", { text: keys }), make("small", { text: STATUS[status] || (entries === 1 ? "1 entry" : `${entries} entries`), class: status }))),
        box("manifest", "manifest", make("small", { text: state.manifest })),
        ...(now("directory") ? [box("directory", "directory")] : [])),
    ];
  }

  return engine;
})());
