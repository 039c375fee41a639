// The towers of a skip list: follow a search or an insert link by link, and threads that interleave step by step.
//
//   { title, head: [link × levels],                  a link is the index of a node, -1 = none; level 0 comes first
//     nodes: [{ key, timestamp, operation?, height, links: [link × height] }],   the list as it is in the end, in order
//     operations: [{ label, kind: search|insert, target, found,             found = index of a node, -1 = none
//       steps: [{ level, from, node, by: prefix|key|known|end|cas|lost|store, move: right|down|stop|link, text? }] }],
//     interleavings: [{ title, good, threads: ["…"], outcome,
//       steps: [{ thread, act: read|write|cas|lost|free, text, list? }] }] }
//
// An operation sees what was there when it ran: a node appears with the operation that inserts it, each of its
// levels with the step that links it. Before, what leads to the node leads to where the node leads.
"use strict";
ferrisWidgets.add("towers", (() => {
  const { make, stepper, picker, verdict, reveal, plural, versionName } = ferrisWidgets;
  const CELL = 26, ROW = 32, LEFT = 62, FOOT = 48;

  function towers(root, trace) {
    const picture = make("div", { class: "towers-picture", tabindex: 0, role: "group" });
    const timeline = make("div", { class: "towers-timeline" });
    const said = make("div", { class: "said", "aria-live": "polite" });
    const summary = make("div", { class: "towers-summary" });
    const draw = drawing(trace);
    const column = columnWidth(trace);
    let shown = null;

    const controls = stepper({ label: "Steps done", onstep: (at) => shown?.step(at), describe: (at) => shown?.words(at) ?? "" });
    const operations = picker({ legend: "One operation", labels: trace.operations.map(({ label }) => label), onpick: (index) => {
      interleavings?.show(-1);
      play(operation(trace.operations[index], index));
    } });
    const interleavings = trace.interleavings.length > 0 && picker({
      legend: "Several threads", labels: trace.interleavings.map(({ title }) => title),
      onpick: (index) => {
        operations.show(-1);
        play(interleaving(trace.interleavings[index]));
      },
    });
    root.append(operations.element, ...(interleavings ? [interleavings.element] : []), controls.element, picture, timeline, said, summary);

    function play(next) {
      shown = next;
      picture.hidden = !next.isPicture;
      timeline.hidden = next.isPicture;
      controls.reset(next.count);
    }

    function operation({ label, kind, target, found, steps }, index) {
      const node = (at) => (at < 0 ? "the head" : versionName(trace.nodes[at]));
      const words = (at) => {
        if (at === 0) return `${label}: begins at the head, on level ${trace.head.length - 1}, and looks for ${target}.`;
        const { level, from, node: to, by, move, text } = steps[at - 1];
        if (text) return `Level ${level}: ${text}`;
        const turn = { right: "go right.", down: "go down a level.", stop: "the search ends here." }[move];
        const look = {
          end: () => "nothing follows on this level: ",
          prefix: () => `“${prefixOf(trace.nodes[to])}” beside the link to ${node(to)} decides, the key itself is not read: `,
          key: () => `the whole key of ${node(to)} is read: `,
          known: () => `${node(to)} again, and one level above it was not before ${target} either: nothing is compared, `,
          cas: () => `a compare-and-swap makes the link of ${node(from)} point to ${node(to)}.${level === 0 ? " From now on readers find it." : ""}`,
          lost: () => `the compare-and-swap at ${node(from)} fails: another writer was there first. Look again from here.`,
          store: () => `a store makes the link of ${node(from)} point to ${node(to)}.`,
        }[by]();
        return `Level ${level}: ${look}${move === "link" ? "" : turn}`;
      };
      return {
        isPicture: true,
        count: steps.length,
        words,
        step: (at) => {
          const done = steps.slice(0, at);
          const svg = draw(index, done, column);
          picture.setAttribute("aria-label", `The list, ${plural(trace.head.length, "level")}. ${words(at)}`);
          // The drawing is new at each step, so the place to which its box is scrolled is kept by hand.
          const left = picture.scrollLeft;
          picture.replaceChildren(svg);
          picture.scrollLeft = left;
          // Where the search stands matters more than what it looks at.
          for (const place of [".link.now", ".at"]) reveal(picture, svg.querySelector(place) ?? svg);
          said.textContent = words(at);
          const looked = done.filter(({ by }) => by === "key" || by === "prefix");
          const read = done.filter(({ by }) => by === "key").length;
          const lead = make("span", { class: "hint", text: `${plural(looked.length, "node")} looked at (dashed: turned down), ${plural(read, "whole key")} read (yellow).` });
          const end = at < steps.length ? "" : found < 0 ? `Nothing is found for ${target}.`
            : kind === "insert" ? `${node(found)} is in the list.` : `The search for ${target} ends at ${node(found)}.`;
          summary.replaceChildren(lead, " ", make("b", { text: end }));
        },
      };
    }

    function interleaving({ title, good, threads, outcome, steps }) {
      const rows = steps.map((step) => make("tr", {}, ...threads.map((name, thread) => make("td", {
        class: thread === step.thread ? `act ${step.act}` : "", "data-thread": name,
      }, ...(thread === step.thread ? [step.text] : [])))));
      const table = make("table", {}, make("thead", {}, make("tr", {}, ...threads.map((name) => make("th", { text: name, scope: "col" })))),
        make("tbody", {}, ...rows));
      timeline.replaceChildren(table);
      const words = (at) => (at === 0 ? `${title}. Time runs downwards.` : `${threads[steps[at - 1].thread]} ${steps[at - 1].text}`);
      return {
        isPicture: false,
        count: steps.length,
        words,
        step: (at) => {
          rows.forEach((row, index) => {
            row.className = index === at - 1 ? "now" : index < at ? "done" : "later";
          });
          said.replaceChildren(...(at === 0 ? [words(0)] : [make("b", { text: `${threads[steps[at - 1].thread]}: ` }), steps[at - 1].text]));
          const list = steps.slice(0, at).findLast((step) => step.list)?.list;
          const walk = list ? [make("p", { class: "walk" }, make("span", { class: "hint", text: "A walk from the head sees" }), ...chips(list))] : [];
          const end = at < steps.length ? [] : [verdict(good, make("b", { text: good ? "As it must be: " : "Wrong: " }), outcome)];
          summary.replaceChildren(...walk, ...end);
        },
      };
    }

    operations.pick(0);
  }

  const chips = (list) => (list.length === 0 ? [make("i", { text: "nothing" })]
    : list.map((name) => (name.startsWith("?") ? make("span", { class: "chip raw", text: name.slice(1) || "?", title: "bytes that were not written yet" })
      : make("span", { class: "chip", text: name }))));

  const prefixOf = ({ key }) => key.slice(0, 4).padEnd(4, "·");
  const columnWidth = ({ nodes }) => Math.max(54, ...nodes.map(({ key }) => key.length * 7.4 + 14));

  /** A function that draws the list as operation `index` sees it after the steps `done`. */
  function drawing({ head, nodes, operations }) {
    const madeBy = nodes.map((_, node) => operations.findIndex(({ kind, found }) => kind === "insert" && found === node));
    const levels = head.length;

    return (index, done, column) => {
      const linked = (node, level) => level < nodes[node].height
        && (madeBy[node] < index || (madeBy[node] === index && done.some((s) => s.move === "link" && s.by !== "lost" && s.node === node && s.level === level)));
      const follow = (node, level) => {
        let to = (node < 0 ? head : nodes[node].links)[level] ?? -1;
        for (let guard = 0; to >= 0 && !linked(to, level) && guard <= nodes.length; guard += 1) to = nodes[to]?.links[level] ?? -1;
        return to;
      };
      const x = (node) => LEFT + (node + 1) * column + column / 2;
      const y = (level) => 14 + (levels - 1 - level) * ROW;
      const width = LEFT + (nodes.length + 1.6) * column, end = width - 14, bottom = y(0) + CELL;
      const svg = make("svg", { class: "diagram", viewBox: `0 0 ${width} ${bottom + FOOT}`, style: `width: ${width}px; height: ${bottom + FOOT}px`, "aria-hidden": "true" });
      const now = done.at(-1);
      const standsOn = now ? (now.move === "right" ? now.node : now.from) : -1;
      const standsAt = now ? now.level - (now.move === "down" ? 1 : 0) : levels - 1;

      for (let level = 0; level < levels; level += 1) {
        svg.append(make("text", { class: "muted", x: 2, y: y(level) + 17, text: `level ${level}` }));
        for (let node = -1; node < nodes.length; node += 1) {
          if (node >= 0 && !linked(node, level)) continue;
          const to = follow(node, level);
          arrow(x(node) + CELL / 2, to < 0 ? end - 5 : x(to) - CELL / 2, y(level) + CELL / 2, pathClass(node, to, level));
        }
        svg.append(make("path", { class: "ground", d: `M${end} ${y(level) + 6}v14` }));
      }
      tower(-1, levels, "head", "");
      nodes.forEach((node, at) => (madeBy[at] <= index) && tower(at, node.height, node.key, `@${node.timestamp}${node.operation === "delete" ? " ×" : ""}`));
      if (now?.by === "prefix" && now.node >= 0) {
        svg.append(make("text", { class: "prefix", x: x(now.node) - CELL / 2 - 7, y: y(now.level) + 8, text: prefixOf(nodes[now.node]) }));
      }
      return svg;

      function pathClass(node, to, level) {
        const steps = done.filter((s) => s.from === node && s.node === to && s.level === level);
        const last = steps.at(-1);
        if (!last) return "";
        return `${last.move === "right" || last.move === "link" ? "walked" : "looked"}${last === now ? " now" : ""}`;
      }
      function arrow(from, to, at, state) {
        svg.append(make("path", { class: `link ${state}`, d: `M${from} ${at}H${to}` }),
          make("path", { class: `tip ${state}`, d: `M${to} ${at}l-7 -4v8z` }));
      }
      function tower(node, height, name, version) {
        const read = done.some((s) => s.node === node && s.by === "key");
        const group = make("g", { class: `tower${standsOn === node ? " at" : ""}${read ? " read" : ""}${node < 0 ? " head" : ""}` });
        for (let level = 0; level < height; level += 1) {
          const state = node >= 0 && !linked(node, level) ? "ghost" : standsOn === node && standsAt === level ? "here" : "";
          group.append(make("rect", { class: state, x: x(node) - CELL / 2, y: y(level), width: CELL, height: CELL, rx: 3 }));
          if (state === "here") group.append(make("circle", { cx: x(node), cy: y(level) + CELL / 2, r: 4.5 }));
        }
        if (node >= 0) group.append(make("rect", { class: "key", x: x(node) - column / 2 + 3, y: bottom + 5, width: column - 6, height: 38, rx: 4 }));
        group.append(make("text", { x: x(node), y: bottom + 21, text: name }), make("text", { class: "muted", x: x(node), y: bottom + 37, text: version }));
        svg.append(group);
      }
    };
  }

  return towers;
})());
