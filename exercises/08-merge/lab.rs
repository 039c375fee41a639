//! Your merge at work: where the cursors are, which of them wins, and what each move asks of which.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal.
//! Everything is recorded from your crate; only what hides a version is said by the lab.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};

use ferrisdb_core::{Operation, Source, Timestamp};
use ferrisdb_merge::{Merge, Visible};
use serde_json::{Value, json};

use support::{Broken, Entry, Move, Run, RunCursor, Watch, delete, go, put};

#[path = "tests/support/mod.rs"]
mod support;

const NAMES: [&str; 3] = ["memtable", "newer table", "older table"];

fn main() -> io::Result<()> {
    let lab = match Lab::run() {
        Ok(lab) => lab,
        Err(Broken(call)) => {
            eprintln!("The lab cannot go on: call {call} of a source failed");
            std::process::exit(1);
        }
    };
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        let colours = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        out.write_all(lab.text(colours).as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

/// What the three sources hold.
fn fruit() -> [Vec<Entry>; 3] {
    [
        vec![
            put("apple", 9, "green"),
            delete("banana", 5),
            put("cherry", 8, "dark"),
        ],
        vec![
            put("apple", 4, "yellow"),
            put("banana", 2, "green"),
            put("date", 6, ""),
            put("fig", 3, "blue"),
        ],
        vec![
            put("apple", 1, "red"),
            put("banana", 1, "yellow"),
            put("date", 1, "brown"),
            delete("kiwi", 2),
        ],
    ]
}

/// A walk, step by step.
struct Walk {
    label: &'static str,
    as_of: Option<u64>,
    steps: Vec<Step>,
}

struct Step {
    to: String,
    /// Where the cursor of each source is.
    at: Vec<Option<usize>>,
    /// Which version is the entry.
    shown: Option<(usize, usize)>,
    calls: Vec<(usize, String)>,
    text: String,
}

struct Lab {
    runs: Vec<Vec<Entry>>,
    walks: Vec<Walk>,
}

impl Lab {
    fn run() -> Result<Self, Broken> {
        let mut lab = Self {
            runs: fruit().to_vec(),
            walks: Vec::new(),
        };
        let next = |count| vec![Move::Next; count];
        lab.merge("forward", [vec![Move::First], next(11)].concat())?;
        lab.merge(
            "a turn",
            vec![
                Move::Seek(b"banana".to_vec(), 4),
                Move::Next,
                Move::Prev,
                Move::Prev,
                Move::Next,
                Move::Next,
            ],
        )?;
        lab.reader("as of @5", 5, [vec![Move::First], next(3)].concat())?;
        let (back, there) = (vec![Move::Prev; 2], vec![Move::Next]);
        let back = [vec![Move::Last], back.clone(), there, back].concat();
        lab.reader("as of @5, backward", 5, back)?;
        lab.reader("as of @9", 9, [vec![Move::First], next(4)].concat())?;
        Ok(lab)
    }

    /// Sources to go through, and what watches them.
    fn sources(&self) -> (Watch, Vec<Run>, Merge<RunCursor>) {
        let watch = Watch::default();
        let runs = self.runs.iter().enumerate();
        let runs: Vec<Run> = runs
            .map(|(number, entries)| Run::new(number, &watch, entries))
            .collect();
        let merge = Merge::new(runs.iter().map(Run::cursor).collect());
        (watch, runs, merge)
    }

    /// Goes through every version.
    fn merge(&mut self, label: &'static str, moves: Vec<Move>) -> Result<(), Broken> {
        let (watch, runs, mut merge) = self.sources();
        let mut steps = Vec::new();
        for to in moves {
            go(&mut merge, &to)?;
            let entry = merge
                .is_valid()
                .then(|| Entry::new(merge.key(), merge.value()));
            let mut step = self.step(to.clone(), &watch, &runs);
            step.shown = entry.as_ref().and_then(|entry| self.find(entry));
            step.text = match &entry {
                None => "past the end: no source has anything more".into(),
                Some(entry) => format!("{}: {}", name(entry), kind(entry)),
            };
            steps.push(step);
        }
        self.walks.push(Walk {
            label,
            as_of: None,
            steps,
        });
        Ok(())
    }

    /// Goes through what a reader sees.
    fn reader(&mut self, label: &'static str, as_of: u64, moves: Vec<Move>) -> Result<(), Broken> {
        let (watch, runs, merge) = self.sources();
        let mut reader = Visible::new(merge, Timestamp(as_of));
        let mut steps = Vec::new();
        for to in moves {
            match to {
                Move::First => reader.seek_to_first()?,
                Move::Last => reader.seek_to_last()?,
                Move::Next => reader.next()?,
                _ => reader.prev()?,
            }
            let mut step = self.step(to, &watch, &runs);
            if reader.is_valid() {
                let (key, value) = (reader.key(), reader.value());
                step.shown = self.find_visible(key, value, as_of);
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                step.text = format!("{} = \"{}\"", text(key), text(value));
                let is_kept = step.shown.is_some_and(|(run, at)| step.at[run] != Some(at));
                if is_kept {
                    step.text += ", kept in a buffer: its source has gone on";
                }
            } else {
                step.text = "past the end: nothing more is to be shown".into();
            }
            steps.push(step);
        }
        self.walks.push(Walk {
            label,
            as_of: Some(as_of),
            steps,
        });
        Ok(())
    }

    fn step(&self, to: Move, watch: &Watch, runs: &[Run]) -> Step {
        let at = runs.iter().zip(&self.runs).map(|(run, entries)| {
            let position = run.position()?;
            entries.iter().position(|entry| *entry == position)
        });
        let calls = watch.take().into_iter();
        Step {
            to: match to {
                Move::Seek(key, time) => {
                    format!("seek {} @{time}", String::from_utf8_lossy(&key))
                }
                to => format!("{to:?}"),
            },
            at: at.collect(),
            shown: None,
            calls: calls
                .map(|(source, call)| (source, call.to_string()))
                .collect(),
            text: String::new(),
        }
    }

    /// Where a version lies.
    fn find(&self, entry: &Entry) -> Option<(usize, usize)> {
        let at = |entries: &Vec<Entry>| entries.iter().position(|other| other == entry);
        let mut found = self.runs.iter().enumerate();
        found.find_map(|(run, entries)| Some((run, at(entries)?)))
    }

    /// Where the version lies that a reader was shown.
    fn find_visible(&self, key: &[u8], value: &[u8], as_of: u64) -> Option<(usize, usize)> {
        let all = self.runs.iter().flatten();
        let shown = all
            .filter(|entry| entry.user_key == key && entry.timestamp <= as_of)
            .max_by_key(|entry| entry.timestamp)
            .filter(|entry| entry.value == value)?;
        self.find(shown)
    }

    fn trace(&self) -> String {
        let mut text = String::from(
            "{\"widget\":\"merge\",\"title\":\"Three sources, one order: follow the cursors\",\n\
             \"runs\":[\n",
        );
        let runs = self.runs.iter().zip(NAMES);
        text += &lines(
            runs.map(|(entries, name)| json!({"name": name, "entries": entries.iter().map(version).collect::<Vec<_>>()})),
        );
        text += "],\n\"walks\":[\n";
        let walks: Vec<String> = self.walks.iter().map(Walk::trace).collect();
        text += &walks.join(",\n");
        text + "]}\n"
    }

    fn text(&self, colours: bool) -> String {
        let mut text = String::from("Three sources, the newest first:\n\n");
        for (entries, name) in self.runs.iter().zip(NAMES) {
            let entries: Vec<String> = entries.iter().map(self::name).collect();
            let _ = writeln!(text, "  {name:<12}  {}", entries.join("   "));
        }
        for walk in &self.walks {
            let _ = writeln!(text, "\n{}", walk.label);
            for step in &walk.steps {
                let shown = if colours && step.shown.is_some() {
                    format!("\x1b[32m{}\x1b[0m", step.text)
                } else {
                    step.text.clone()
                };
                let _ = writeln!(text, "  {:<16}  {shown}", step.to);
                for (run, source) in NAMES.iter().enumerate() {
                    let calls = step.calls.iter().filter(|(source, _)| *source == run);
                    let calls: Vec<&str> = calls.map(|(_, call)| &**call).collect();
                    if !calls.is_empty() {
                        let at = step.at[run].map_or_else(
                            || "at nothing".into(),
                            |at| format!("at {}", self::name(&self.runs[run][at])),
                        );
                        let calls = calls.join(", ");
                        let _ = writeln!(text, "  {:<16}    {source}: {calls}; {at}", "");
                    }
                }
            }
        }
        text
    }
}

impl Walk {
    fn trace(&self) -> String {
        let as_of = self.as_of;
        let steps = lines(self.steps.iter().map(|step| {
            json!({
                "move": step.to,
                "at": step.at.iter().map(|at| at.map_or(-1, |at| i64::try_from(at).unwrap_or(-1))).collect::<Vec<_>>(),
                "shown": step.shown,
                "calls": step.calls,
                "text": step.text,
            })
        }));
        let head = json!({"label": self.label, "as_of": as_of}).to_string();
        format!("{},\"steps\":[\n{steps}]}}", head.trim_end_matches('}'))
    }
}

/// One value a line.
fn lines(values: impl Iterator<Item = Value>) -> String {
    let values: Vec<String> = values.map(|value| value.to_string()).collect();
    values.join(",\n")
}

fn version(entry: &Entry) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut version = json!({"key": text(&entry.user_key), "timestamp": entry.timestamp});
    match entry.operation {
        Operation::Put => version["value"] = json!(text(&entry.value)),
        Operation::Delete => version["operation"] = json!("delete"),
    }
    version
}

fn name(entry: &Entry) -> String {
    let key = String::from_utf8_lossy(&entry.user_key);
    format!("{key} @{}", entry.timestamp)
}

fn kind(entry: &Entry) -> String {
    match entry.operation {
        Operation::Put => format!("\"{}\"", String::from_utf8_lossy(&entry.value)),
        Operation::Delete => "a tombstone".into(),
    }
}
