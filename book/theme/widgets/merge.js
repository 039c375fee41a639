// A merge: sources as rows of versions, a cursor in each, and what each move asks of which.
//
//   { title,
//     runs: [{ name, entries: [{ key, timestamp, operation, value }] }],
//     walks: [{ label, as_of, steps: [{ move, at: [index a run, or -1], shown: [run, index], calls: [[run, call]], text }] }] }
//
// With as_of a walk is that of a reader, and what it does not see is said beside each version.
"use strict";
ferrisWidgets.add("merge", (() => {
  const { make, stepper, picker, versionName } = ferrisWidgets;

  function merge(root, trace) {
    const { runs, walks } = trace;
    const all = runs.flatMap(({ entries }) => entries);
    let shown = 0;
    const stepAt = (at) => walks[shown].steps[at - 1];
    const chips = runs.map(({ entries }) => entries.map((entry) => make("div", { class: "merge-entry" },
      make("b", { text: versionName(entry) }), make("span", { text: entry.operation === "delete" ? "deleted" : `"${entry.value}"` }), make("small", {}))));
    const calls = runs.map(() => make("div", { class: "merge-calls" }));
    const rows = runs.map(({ name }, run) => make("div", { class: "merge-run" }, make("span", { class: "hint", text: name }), make("div", {}, ...chips[run]), calls[run]));
    const text = make("p", { class: "said", "aria-live": "polite" });
    const hint = make("p", { class: "hint" });
    const controls = stepper({ label: "Moves", onstep: draw, describe: words });
    const picks = picker({ legend: "Follow", labels: walks.map(({ label }) => label), onpick: (index) => {
      shown = index;
      controls.reset(walks[index].steps.length);
    } });
    root.append(picks.element, controls.element, text, ...rows, hint);

    function words(at) {
      return at === 0 ? "No cursor is anywhere yet." : `${stepAt(at).move} → ${stepAt(at).text}`;
    }
    /** Why a reader does not see a version, if it does not. */
    function hidden({ key, timestamp, operation }, asOf) {
      if (asOf === null) return "";
      if (timestamp > asOf) return "too new";
      if (all.some((other) => other.key === key && other.timestamp > timestamp && other.timestamp <= asOf)) return "hidden";
      return operation === "delete" ? "not shown" : "";
    }
    function draw(at) {
      const step = at > 0 ? stepAt(at) : undefined;
      const asOf = walks[shown].as_of ?? null;
      text.replaceChildren(...(step ? [make("code", { text: step.move }), ` → ${step.text}`] : [words(0)]));
      runs.forEach(({ entries }, run) => {
        const asked = (step?.calls ?? []).filter(([source]) => source === run).map(([, call]) => call);
        calls[run].textContent = asked.join(", ");
        entries.forEach((entry, index) => {
          const chip = chips[run][index];
          const why = hidden(entry, asOf);
          const [isShown, isAt] = [step?.shown?.[0] === run && step.shown[1] === index, step?.at[run] === index];
          chip.classList.toggle("cursor", isAt);
          chip.classList.toggle("winner", isShown);
          chip.classList.toggle("faded", why !== "");
          chip.lastChild.textContent = why || (isShown && !isAt ? "kept" : "");
        });
      });
      hint.textContent = `Framed: a cursor is here. Lit: the entry${asOf === null ? "" : ", as the reader sees it"}. On the right: what this move asked of each source.`;
    }
    if (walks.length > 0) picks.pick(0);
  }

  return merge;
})());
