// The versions of some keys on a time axis: drag the timestamp of the reader, see what it reads.
//
//   { title, now,                                                         the axis goes from 0 to now
//     keys: [{ key, versions: [{ timestamp, operation: put|delete, value }] }],
//     reads: [{ as_of, get: [{ found: value|deleted|nothing, value }], scan: [[key, value], …] }] }
//
// `reads` is what the memtable answered, one for each timestamp. The widget works out the same from the versions and
// marks where the two differ.
"use strict";
ferrisWidgets.add("versions", (() => {
  const { make, stepper, verdict } = ferrisWidgets;
  const quoted = (value) => (value === "" ? "“” (empty)" : value);

  function versions(root, trace) {
    const { keys, now } = trace;
    const columns = now + 1;
    const rows = keys.map(({ key, versions: all }) => {
      const sorted = [...all].sort((a, b) => a.timestamp - b.timestamp);
      const bars = sorted.map((version, index) => {
        const until = sorted[index + 1]?.timestamp ?? columns;
        const text = version.operation === "delete" ? "deleted" : quoted(version.value);
        const box = make("div", {
          class: `version ${version.operation}`, title: `@${version.timestamp}: ${text}`,
          style: `left: ${(100 * version.timestamp) / columns}%; width: ${(100 * (until - version.timestamp)) / columns}%`,
        }, make("span", { text }));
        return { version, box };
      });
      return { key, bars, track: make("div", { class: "track" }, ...bars.map(({ box }) => box)), answer: make("td"), fits: make("td") };
    });
    // A line in each track shows where the reader stands.
    for (const { track } of rows) track.append(make("i", { class: "reader" }));
    const axis = make("div", { class: "track axis", "aria-hidden": "true" },
      ...Array.from({ length: columns }, (_, at) => make("span", { text: at })));
    const chart = make("div", { class: "versions-chart", style: `--columns: ${columns}` },
      ...rows.flatMap(({ key, track }) => [make("b", { class: "mono", text: key }), track]),
      make("span", { class: "hint", text: "time" }), axis);
    const controls = stepper({
      label: "The reader's timestamp", onstep: draw,
      describe: (at) => `as of ${at}: ${rows.map(({ key }, index) => `${key} ${inWords(read(at)?.get[index])}`).join(", ")}`,
    });
    // The slider lies under the axis, so that its thumb stands below the reader's line.
    chart.append(make("span", { class: "hint", text: "as of" }), controls.slider);
    const said = make("p", { class: "said", "aria-live": "polite" });
    const table = make("table", { class: "versions-answers" },
      make("thead", {}, make("tr", {}, ...["key", "a get answers", "because of"].map((text) => make("th", { text, scope: "col" })))),
      make("tbody", {}, ...rows.map(({ key, answer, fits }) => make("tr", {}, make("th", { class: "mono", text: key, scope: "row" }), answer, fits))));
    const scan = make("p");
    const differs = make("div");
    controls.element.querySelector("div").replaceChildren(said);
    root.append(chart, controls.element, table, scan, differs);

    // The bars may be dragged over as well as the slider.
    const drag = (event) => {
      const { left, width } = axis.getBoundingClientRect();
      if (event.buttons & 1) controls.go(Math.floor(((event.clientX - left) / width) * columns));
    };
    for (const { track } of rows) {
      track.addEventListener("pointerdown", drag);
      track.addEventListener("pointermove", drag);
    }

    function read(at) {
      return trace.reads.find(({ as_of }) => as_of === at);
    }
    function draw(at) {
      const seen = read(at);
      chart.style.setProperty("--at", at);
      said.replaceChildren("A reader ", make("b", { text: `as of ${at}` }), ` sees, of each key, the newest version whose timestamp is at most ${at}.`);
      const expected = rows.map(({ bars }) => bars.findLast(({ version }) => version.timestamp <= at));
      rows.forEach(({ bars, answer, fits }, index) => {
        for (const bar of bars) {
          bar.box.classList.toggle("seen", bar === expected[index]);
          bar.box.classList.toggle("newer", bar.version.timestamp > at);
        }
        answer.textContent = inWords(seen?.get[index]);
        const right = expected[index]?.version;
        fits.textContent = right ? `the version @${right.timestamp}` : "no version so early";
      });
      scan.replaceChildren(make("b", { text: "A scan returns " }),
        seen.scan.length === 0 ? "nothing" : make("code", { text: seen.scan.map(([key, value]) => `${key} = ${value === "" ? "“”" : value}`).join(", ") }),
        ". A deleted key is not in it.");
      differs.replaceChildren(...compare(seen, expected));
    }
    /** What the recorded answers say that the versions do not. */
    function compare(seen, expected) {
      const should = expected.map((bar) => answerOf(bar?.version));
      const wrong = rows.filter((_, index) => inWords(seen.get[index]) !== inWords(should[index])).map(({ key }) => key);
      const scanned = rows.flatMap(({ key }, index) => (should[index].found === "value" ? [[key, should[index].value]] : []));
      if (JSON.stringify(scanned) !== JSON.stringify(seen.scan)) wrong.push("the scan");
      return wrong.length === 0 ? [] : [verdict(false, make("b", { text: "Not as the versions say: " }), wrong.join(", "))];
    }
    controls.reset(now, Math.ceil(now / 2));
  }

  const answerOf = (version) => (!version ? { found: "nothing" }
    : version.operation === "delete" ? { found: "deleted" } : { found: "value", value: version.value });
  const inWords = (answer) => ({ value: quoted(answer?.value ?? ""), deleted: "deleted", nothing: "nothing: never heard of it" })[answer?.found] ?? "no answer";

  return versions;
})());
