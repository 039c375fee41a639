// The history of a database's versions: a timeline, and which of them a power cut after each step can leave.
//
//   { title,
//     versions: [{ number, log_start, levels: [[[number, first key, last key]]] }],
//     steps: [{ label, kind: start|create|write|sync|rename|remove, current: index of a version or null,
//               cuts: [{ lost, found: index of a version or null, report }] }] }
"use strict";
ferrisWidgets.add("history", (() => {
  const { make, stepper, verdict, plural } = ferrisWidgets;

  function history(root, trace) {
    const { versions, steps } = trace;
    const chips = versions.map(({ number }) => make("li", { text: `version ${number}` }));
    const timeline = make("ol", { class: "history-line" }, ...chips);
    const label = make("p", { class: "said", "aria-live": "polite" });
    const levels = make("div", { class: "history-levels" });
    const cuts = make("div", { class: "history-cuts", "aria-live": "polite" });
    const hint = make("p", { class: "hint", text: "Lit: acknowledged, and current. Framed: what a power cut at this moment can leave. Below: the tables of the current version." });
    const controls = stepper({ label: "Steps done before the power fails", onstep: draw, describe: (at) => steps[at].label });
    root.append(controls.element, label, timeline, levels, make("p", { class: "history-ask", text: "The power fails here. What is found?" }), cuts, hint);

    const versionAt = (index) => (index === null ? "no version" : `version ${versions[index].number}`);
    function draw(at) {
      const { label: done, kind, current, cuts: outcomes } = steps[at];
      label.replaceChildren(make("b", { text: at === 0 ? "At the start: " : `Step ${at}, ${kind}: ` }), done);
      const found = outcomes.map((cut) => cut.found);
      chips.forEach((chip, index) => {
        chip.classList.toggle("past", current !== null && index < current);
        chip.classList.toggle("current", index === current);
        chip.classList.toggle("possible", found.includes(index));
        chip.classList.toggle("later", !found.includes(index) && (current === null || index > current));
      });
      drawLevels(current);
      cuts.replaceChildren(...outcomes.map(({ lost, found: index, report }) => {
        const missing = current !== null && (index === null || index < current);
        return verdict(!missing, make("b", { text: versionAt(index) }), ` (${report})`,
          make("small", { text: missing ? `Acknowledged was ${versionAt(current)}. ${lost}` : lost }));
      }));
    }
    function drawLevels(current) {
      const shown = current === null ? [] : versions[current].levels;
      const rows = shown.map((tables, level) => make("div", {}, make("span", { class: "hint", text: `level ${level}` }),
        ...tables.map(([number, first, last]) => make("span", { class: "history-table" }, make("b", { text: number }), ` ${first} – ${last}`))));
      const log = current === null ? "There is no database yet." : `${plural(shown.flat().length, "table")}; the log is needed from position ${versions[current].log_start}.`;
      levels.replaceChildren(make("p", { class: "hint", text: log }), ...rows);
    }
    controls.reset(steps.length - 1);
  }

  return history;
})());
