// The crash slider: cut the power after any step, choose what the disk lost, read what recovery returns.
//
//   { title, steps: [{ label, kind: write|sync|create|rotate|close, segment, offset, size }],
//     segments: [{ number, regions: [{ start, size, kind: header|record|mark, label, step }] }],
//     crashes: [{ after, images: [{ lost, recovered: [label], report }] }] }   after = number of steps done
"use strict";
ferrisWidgets.add("crash", (() => {
  const { make, stepper, group, keepKeys } = ferrisWidgets;

  const KINDS = { write: "write", sync: "sync", create: "new file", rotate: "next segment", close: "close" };

  const describe = ({ label, kind }) => {
    const name = KINDS[kind] ?? kind;
    return label.includes(name) ? label : `${label} (${name})`;
  };

  function crashSlider(root, trace, ours) {
    const { steps, segments } = trace;
    const name = group();
    let done = 0, choice = 0;

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
    const told = (at) => (at > 0 ? describe(steps[at - 1]) : "Nothing has happened yet.");
    const controls = stepper({ label: "Steps done before the power fails", onstep: go, describe: told, below: [ticks] });
    root.append(controls.element, label,
      make("div", { class: "crash-files", tabindex: 0, role: "group", "aria-label": "The files" }, ...files.map((f) => f.row)),
      legend, images, result);

    function go(to) {
      done = to;
      choice = 0;
      draw();
    }
    /** A sync or a close makes durable what was written before it to its segment. Segment 0 is the directory. */
    const synced = (number, step) => steps.slice(step + 1, done).some((later) =>
      (later.kind === "sync" || later.kind === "close") && later.segment === number);

    function draw() {
      [...ticks.children].forEach((tick, index) => tick.classList.toggle("done", index < done));
      label.replaceChildren(make("b", { text: `Step ${done} of ${steps.length}` }), told(done));
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
          type: "radio", name, value: index, onchange: () => { choice = index; draw(); choices.querySelectorAll("input")[index].focus(); },
          onkeydown: keepKeys,
        });
        input.checked = index === choice;
        return make("label", {}, input, make("span", { text: image.lost }));
      }));
    }
    /** What our crate makes of the same accident; it can only be told if both logs made the same calls. */
    const sameSteps = ours && JSON.stringify(ours.steps) === JSON.stringify(steps);
    function beside(image) {
      const our = sameSteps && ours.crashes.find((crash) => crash.after === done)?.images[choice];
      if (!our) return ours ? "Our crate makes other calls, so this outcome cannot be compared." : "";
      const same = our.report === image.report && String(our.recovered) === String(image.recovered);
      return same ? "Our crate returns and reports the same."
        : `Our crate returns ${our.recovered.join(", ") || "nothing"} and reports: ${our.report}`;
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
          ? `Synced before, but lost: ${list(broken)}.` : `Synced before the crash: ${list(promised)}. All of it is there.` }),
        ...(ours ? [make("p", { class: "hint", text: beside(image) })] : [])));
    }
    controls.reset(steps.length);
  }

  /** A region's box: wide enough for its label, and wider the more bytes it has. */
  function drawRegion(region, largest) {
    const width = Math.max(4.6, region.label.length * 0.62 + 1.4, (12 * region.size) / largest);
    return make("div", { class: `region ${region.kind}`, role: "img", style: `width: ${width.toFixed(1)}em` },
      make("b", { text: region.label }), make("small"));
  }

  return crashSlider;
})());
