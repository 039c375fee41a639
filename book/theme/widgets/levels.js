// Levels filling and draining under some strategies, and what each strategy pays.
//
//   { title, keys,                                         keys are numbers from 0 to keys - 1
//     strategies: [{ name, levels,
//       steps: [{ what: flush|merge|move, text, given, alive,
//                 add: [[level, number, first, last, entries], …], remove: [number, …] }] }] }
//
// `given` is how many entries the user has written so far, `alive` how many keys a reader sees. Everything else is
// added up here: what was written, what is stored, how many tables a lookup of an absent key asks.
"use strict";
ferrisWidgets.add("levels", (() => {
  const { make, hue, stepper, picker, verdict, plural } = ferrisWidgets;
  const CHARTS = [
    ["write", "written for each entry given"], ["space", "stored for each key alive"], ["read", "asked for an absent key"],
  ];
  const WIDTH = 220, HEIGHT = 120, LEFT = 24, RIGHT = 4, TOP = 8, BOTTOM = 6;

  /** The tables after each step, and the three amplifications. */
  function replay({ steps, levels }) {
    let tables = new Map();
    let written = 0;
    return steps.map(({ what, given, alive, add, remove }) => {
      const before = tables;
      tables = new Map(before);
      for (const number of remove) tables.delete(number);
      for (const [level, number, first, last, entries] of add) {
        tables.set(number, { level, number, first, last, entries });
        if (what !== "move") written += entries;
      }
      const all = [...tables.values()];
      const stored = all.reduce((sum, { entries }) => sum + entries, 0);
      const runs = Array.from({ length: levels }, (_, level) => all.filter((table) => table.level === level).length);
      const read = runs[0] + runs.slice(1).filter((count) => count > 0).length;
      return { before, tables, given, write: written / given, space: stored / Math.max(alive, 1), read, overlaps: overlapping(all) };
    });
  }
  const overlapping = (tables) => new Set(tables.flatMap((a) => tables.filter((b) =>
    a.level > 0 && a.level === b.level && a !== b && a.first <= b.last && b.first <= a.last)).map(({ number }) => number));

  function levels(root, trace) {
    const { keys, strategies } = trace;
    const runs = strategies.map(replay);
    // A job takes two places of the slider: before it, with its inputs marked, and after it.
    const places = strategies.map(({ steps }) => [{}, ...steps.flatMap(({ what }, step) =>
      (what === "flush" ? [{ step, done: true }] : [{ step, done: false }, { step, done: true }]))]);
    // Levels that nothing ever reaches are not worth a line.
    const used = [...new Set(strategies.flatMap(({ steps }) => steps.flatMap(({ add }) => add.map(([level]) => level))))].sort((a, b) => a - b);
    let shown = 0, given = 0;

    const picture = make("div", { class: "levels-picture" });
    const said = make("p", { class: "said", "aria-live": "polite" });
    const wrong = make("div");
    const charts = CHARTS.map(([of, text]) => chart(of, text));
    const values = make("tbody");
    const table = make("table", { class: "levels-values" },
      make("thead", {}, make("tr", {}, ...["strategy", ...CHARTS.map(([, text]) => text)].map((text) => make("th", { text, scope: "col" })))), values);
    const controls = stepper({ label: "Steps of the day", onstep: draw, describe: words });
    const picks = picker({ legend: "Watch", labels: strategies.map(({ name }, at) => [line(at), ` ${name}`]), onpick: (index) => {
      shown = index;
      // The other strategy at the same moment of the day.
      const at = places[index].findLastIndex(({ step }) => step === undefined || strategies[index].steps[step].given <= given);
      controls.reset(places[index].length - 1, at);
    } });
    root.append(picks.element, controls.element, said, picture,
      make("p", { class: "hint", text: "A bar is a table, from its first key to its last. The number is its entries: the darker, the more of the keys in between it has." }), wrong,
      make("div", { class: "levels-charts" }, ...charts.map(({ element }) => element)), make("div", { class: "scroll" }, table));

    function words(at) {
      const { step, done } = places[shown][at];
      if (step === undefined) return "The database is empty.";
      const { what, text } = strategies[shown].steps[step];
      return what === "flush" ? text : `${done ? "Done" : "Picked"}: ${text}`;
    }
    function draw(at) {
      const { step, done } = places[shown][at];
      const run = runs[shown][step];
      const { add = [], remove = [], given: now = 0 } = strategies[shown].steps[step] ?? {};
      const marked = new Set(done ? add.map(([, number]) => number) : remove);
      const tables = run ? [...(done ? run.tables : run.before).values()] : [];
      given = now;
      said.textContent = words(at);
      picture.replaceChildren(...used.flatMap((level) => row(level, tables, marked, done)));
      wrong.replaceChildren(...(done && run.overlaps.size > 0 ? [verdict(false,
        `Tables of one level overlap: ${[...run.overlaps].join(", ")}. A lookup would not know which to ask.`)] : []));
      const last = runs.map((states) => states.findLast((state) => state.given <= given));
      // Of the strategy that is watched, the moment between two steps counts.
      last[shown] = done || !run ? run : runs[shown][step - 1];
      for (const { mark } of charts) mark(given, last);
      values.replaceChildren(...strategies.map(({ name }, index) => make("tr", { class: index === shown ? "shown" : "" },
        make("th", { scope: "row" }, line(index), ` ${name}`),
        make("td", { text: number(last[index]?.write) }), make("td", { text: number(last[index]?.space) }),
        make("td", { text: last[index] ? plural(last[index].read, "table") : "–" }))));
    }
    /** A level: its name, and its tables where their keys lie. In level 0 each has a line of its own, the newest on top. */
    function row(level, tables, marked, done) {
      const here = tables.filter((table) => table.level === level).sort((a, b) => b.number - a.number);
      const lines = level === 0 ? deepest(shown) : 1;
      const boxes = here.map(({ number, first, last, entries }, index) => make("div", {
        class: `levels-table${marked.has(number) ? (done ? " made" : " taken") : ""}`,
        title: `table ${number}: ${entries === 1 ? "1 entry" : `${entries} entries`}, keys ${first} to ${last}`,
        style: `${hue([5, 1, 2, 3, 4, 6, 0][level % 7])}; left: ${(100 * first) / keys}%; width: ${(100 * (last + 1 - first)) / keys}%; `
          + `top: ${level === 0 ? index * 1.75 : 0}em; --full: ${Math.round(25 + 75 * Math.min(1, entries / (last + 1 - first)))}%`,
      }, make("span", { text: entries })));
      return [make("span", { class: "hint", text: `level ${level}` }), make("div", { class: "levels-track", style: `height: ${lines * 1.75}em` }, ...boxes)];
    }
    /** How many tables level 0 ever has, so that the picture keeps its height. */
    function deepest(index) {
      const count = ({ tables }) => [...tables.values()].filter(({ level }) => level === 0).length;
      return Math.max(1, ...runs[index].map(count));
    }

    /** One amplification of all strategies over the day. */
    function chart(of, text) {
      const day = Math.max(...runs.flatMap((states) => states.map((state) => state.given)));
      const most = Math.ceil(Math.max(1, ...runs.flatMap((states) => states.map((state) => state[of]))));
      const x = (value) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / day;
      const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / most;
      // A point for each moment of the day: when all jobs are done that there were then.
      const ends = (states) => states.filter((state, index) => state.given !== states[index + 1]?.given);
      const path = (states) => ends(states).map((state, index) => `${index === 0 ? "M" : "L"}${x(state.given).toFixed(1)} ${y(state[of]).toFixed(1)}`).join("");
      const now = make("path", { class: "now" });
      const dots = strategies.map((_, index) => make("circle", { class: `s${index % 4}`, r: 3.2 }));
      const svg = make("svg", { class: "diagram", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${text}, over the day; the numbers are in the table below` },
        make("path", { class: "axis", d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` }),
        make("text", { class: "muted", x: LEFT - 4, y: TOP + 5, text: most }),
        make("text", { class: "muted", x: LEFT - 4, y: HEIGHT - BOTTOM, text: "0" }),
        ...runs.map((states, index) => make("path", { class: `line s${index % 4}`, d: path(states) })), now, ...dots);
      return {
        element: make("figure", {}, make("p", { class: "hint", text }), svg),
        mark: (at, last) => {
          now.setAttribute("d", `M${x(at).toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}`);
          dots.forEach((dot, index) => {
            dot.setAttribute("cx", x(last[index]?.given ?? 0).toFixed(1));
            dot.setAttribute("cy", y(last[index]?.[of] ?? 0).toFixed(1));
          });
        },
      };
    }
    picks.show(0);
    controls.reset(places[0].length - 1);
  }

  const number = (value) => (value === undefined ? "–" : value.toFixed(1));
  const line = (index) => make("svg", { class: "levels-key", viewBox: "0 0 24 8", "aria-hidden": "true" }, make("path", { class: `line s${index % 4}`, d: "M1 4H23" }));

  return levels;
})());
