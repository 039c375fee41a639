//! Kills the shop in the middle of a change, and counts what a change costs.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use crate::{Change, Files, step_1, step_2, step_3, step_4};

/// The files before the night, and what the nightly job changes.
pub fn night() -> (Files, Change) {
    let change = Change {
        add: vec![7],
        remove: vec![3, 4, 5],
    };
    (Files::from([3, 4, 5, 6]), change)
}

/// The problem: the job was killed while it wrote the catalogue.
pub fn half(directory: &Path) -> io::Result<String> {
    let path = directory.join("catalogue.json");
    let (before, change) = night();
    for number in before.iter().chain(&change.add) {
        fs::write(directory.join(format!("prices-{number}")), "…")?;
    }
    let after = serde_json::to_string(&change.apply(&before))?;
    fs::write(&path, &after[..after.len() / 2])?;
    let mut out = String::new();
    for number in before.iter().chain(&change.add) {
        let there = directory.join(format!("prices-{number}")).exists();
        let _ = writeln!(
            out,
            "prices-{number}        {}",
            if there { "is there" } else { "is gone" }
        );
    }
    let _ = writeln!(out, "catalogue.json  {}", fs::read_to_string(&path)?);
    if let Err(error) = step_1::load(&path) {
        let _ = writeln!(out, "the shop        does not start: {error}");
    }
    Ok(out)
}

/// What is found after a job that was killed.
#[derive(Default)]
struct Found {
    before: u32,
    after: u32,
    mix: u32,
    nothing: u32,
}

impl Found {
    fn count(&mut self, loaded: io::Result<Files>) {
        let (before, change) = night();
        match loaded {
            Ok(files) if files == before => self.before += 1,
            Ok(files) if files == change.apply(&before) => self.after += 1,
            Ok(_) => self.mix += 1,
            Err(_) => self.nothing += 1,
        }
    }

    fn line(&self, what: &str) -> String {
        let Self {
            before,
            after,
            mix,
            nothing,
        } = self;
        format!("{what}  {before:>6}  {after:>5}  {mix:>5}  {nothing:>7}\n")
    }
}

/// The first experiment: the nightly job is killed after every byte of what it writes.
pub fn killed(directory: &Path) -> io::Result<String> {
    let path = directory.join("catalogue");
    let (before, change) = night();
    let after = serde_json::to_string(&change.apply(&before))?;
    let mut out = "                        before  after  a mix  nothing\n".to_owned();

    let mut found = Found::default();
    for written in 0..=after.len() {
        // The old text is gone when the file is opened for writing.
        fs::write(&path, &after[..written])?;
        found.count(step_1::load(&path));
    }
    out += &found.line("step 1, in place      ");

    let mut found = Found::default();
    for written in 0..=after.len() {
        step_2::save(&path, &before)?;
        fs::write(path.with_extension("tmp"), &after[..written])?;
        found.count(step_1::load(&path));
    }
    step_2::save(&path, &change.apply(&before))?;
    found.count(step_1::load(&path));
    out += &found.line("step 2, by rename     ");

    let first = Change {
        add: before.into_iter().collect(),
        remove: Vec::new(),
    };
    let (start, lines) = (step_3::lines(&first), step_3::lines(&change));
    let mut found = Found::default();
    for written in 0..=lines.len() {
        fs::write(&path, start.clone() + &lines[..written])?;
        found.count(step_3::load(&path));
    }
    out += &found.line("step 3, a line a file ");

    let (start, line) = (step_4::line(&first), step_4::line(&change));
    let mut found = Found::default();
    for written in 0..=line.len() {
        fs::write(&path, start.clone() + &line[..written])?;
        found.count(step_4::load(&path));
    }
    out += &found.line("step 4, a line a change");
    Ok(out)
}

/// The second experiment: what it costs to write down that a file has come, a thousand times.
pub fn cost() -> io::Result<String> {
    let (mut files, mut anew, mut appended) = (Files::new(), 0, 0);
    for number in 1..=1000 {
        files.insert(number);
        anew += serde_json::to_string(&files)?.len();
        let (add, remove) = (vec![number], Vec::new());
        appended += step_4::line(&Change { add, remove }).len();
    }
    Ok(format!(
        "the list, each time anew: {anew} bytes\na line for each change:   {appended} bytes\n"
    ))
}

/// The third experiment: the day after a crash.
pub fn morning(directory: &Path) -> io::Result<String> {
    let path = directory.join("catalogue");
    let (before, change) = night();
    let add = before.iter().copied().collect();
    let first = step_4::line(&Change {
        add,
        remove: Vec::new(),
    });
    let line = step_4::line(&change);
    let mut out = String::new();

    fs::write(&path, first.clone() + &line[..20])?;
    let _ = writeln!(out, "after the crash:  {:?}", step_4::load(&path)?);
    for number in [8, 9] {
        let (add, remove) = (vec![number], Vec::new());
        step_4::append(&path, &Change { add, remove })?;
        let files = step_4::load(&path)?;
        let _ = writeln!(out, "prices-{number} has come: {files:?}");
    }

    fs::write(&path, first.replace('4', "0") + &line)?;
    let _ = writeln!(out, "a damaged byte:   {:?}", step_4::load(&path)?);

    fs::write(&path, first + &line)?;
    let next = |files: &Files| files.last().map_or(1, |last| last + 1);
    let _ = writeln!(out, "the next number:  {}", next(&step_4::load(&path)?));
    let (add, remove) = (Vec::new(), vec![7]);
    step_4::append(&path, &Change { add, remove })?;
    let _ = writeln!(out, "prices-7 is gone: {}", next(&step_4::load(&path)?));
    Ok(out)
}
