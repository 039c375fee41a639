//! Your list, drawn: its towers, the ways of three searches and two inserts, and what two threads
//! can do to each other.
//!
//! Prints a trace for the towers of the book, or with `--text` the same for a terminal. Towers and
//! ways are recorded from your crate. The threads are told as they are in ours: what they do one
//! after the other cannot be recorded, so the tests of `interleavings` prove it.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_skiplist::{By, Entry, Result, SkipList, Step};
use serde_json::{Value, json};

#[path = "lab/threads.rs"]
mod threads;

/// A seed that gives these entries towers worth looking at.
const SEED: u64 = 37235;

/// What is in the list from the beginning.
const ENTRIES: [(&str, u64, Operation); 10] = [
    ("lemon", 5, Operation::Put),
    ("apple", 4, Operation::Put),
    ("grape", 3, Operation::Put),
    ("cherry", 2, Operation::Put),
    ("banana", 7, Operation::Put),
    ("date", 6, Operation::Put),
    ("cherry", 8, Operation::Delete),
    ("plum", 1, Operation::Put),
    ("grapefruit", 10, Operation::Put),
    ("apple", 9, Operation::Put),
];

/// What is done then: whether it is an insert, and the version.
const CALLS: [(bool, &str, u64); 5] = [
    (false, "cherry", 5),
    (true, "fig", 12),
    (false, "grapefruit", 11),
    (true, "banana", 13),
    (false, "zebra", 14),
];

/// The trace of the book, recorded from our crate.
const OURS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/src/traces/04.json");

fn main() -> io::Result<()> {
    let lab = Lab::run().map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        out.write_all(lab.text().as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

fn version(key: &str, timestamp: u64, operation: Operation) -> InternalKey<'_> {
    InternalKey {
        user_key: key.as_bytes(),
        timestamp: Timestamp(timestamp),
        operation,
    }
}

/// An entry as text: `banana @7`.
fn name(entry: &Entry<'_>) -> String {
    let InternalKey {
        user_key,
        timestamp,
        ..
    } = entry.key;
    format!("{} {timestamp}", user_key.escape_ascii())
}

/// A step, with entries as text; no text is the head or the end.
struct Shown {
    level: usize,
    from: Option<String>,
    next: Option<String>,
    by: &'static str,
    turn: &'static str,
}

/// A search or an insert.
struct Call {
    label: String,
    kind: &'static str,
    target: String,
    found: Option<String>,
    steps: Vec<Shown>,
}

struct Tower {
    name: String,
    key: String,
    timestamp: u64,
    is_delete: bool,
    /// Where each level leads, by name.
    links: Vec<Option<String>>,
}

struct Lab {
    /// The head first.
    towers: Vec<Tower>,
    calls: Vec<Call>,
}

impl Lab {
    fn run() -> Result<Self> {
        let list = SkipList::new(4096, SEED)?;
        for (key, timestamp, operation) in ENTRIES {
            list.insert(version(key, timestamp, operation), b"")?;
        }
        let calls = CALLS.map(|call| Call::run(&list, call));
        let mut lab = Self {
            towers: list.towers().iter().map(Tower::show).collect(),
            calls: calls.into_iter().collect::<Result<_>>()?,
        };
        // The levels above the highest tower are empty and not worth drawing.
        let levels = lab.towers[1..].iter().map(|tower| tower.links.len()).max();
        let levels = levels.unwrap_or(0);
        lab.towers[0].links.truncate(levels);
        for call in &mut lab.calls {
            call.steps.retain(|step| step.level < levels);
        }
        Ok(lab)
    }

    /// The number of an entry in the drawing; -1 for the head and for the end.
    fn number(&self, name: Option<&String>) -> i64 {
        let is_it = |tower: &Tower| Some(&tower.name) == name;
        let at = self.towers.iter().position(is_it);
        at.and_then(|at| i64::try_from(at).ok())
            .map_or(-1, |at| at - 1)
    }
}

impl Tower {
    fn show(tower: &ferrisdb_skiplist::Tower<'_>) -> Self {
        let key = tower.entry.map(|entry| entry.key);
        let name_of = |entry: &Option<Entry<'_>>| entry.as_ref().map(name);
        Self {
            name: name_of(&tower.entry).unwrap_or_default(),
            key: key.map_or(String::new(), |key| key.user_key.escape_ascii().to_string()),
            timestamp: key.map_or(0, |key| key.timestamp.0),
            is_delete: key.is_some_and(|key| key.operation == Operation::Delete),
            links: tower.links.iter().map(name_of).collect(),
        }
    }
}

impl Call {
    fn run(list: &SkipList, (is_insert, key, timestamp): (bool, &str, u64)) -> Result<Self> {
        let target = version(key, timestamp, Operation::Put);
        let mut steps: Vec<Shown> = list.path(target).iter().map(Shown::new).collect();
        let found = if is_insert {
            list.insert(target, b"")?;
            let made = format!("{key} @{timestamp}");
            steps.extend(links_to(list, &made));
            Some(made)
        } else {
            list.get(target).as_ref().map(name)
        };
        Ok(Self {
            label: if is_insert {
                format!("insert {key} @{timestamp}")
            } else {
                format!("get {key} as of {timestamp}")
            },
            kind: if is_insert { "insert" } else { "search" },
            target: format!("{key} @{timestamp}"),
            found,
            steps,
        })
    }
}

/// The links that an insert has made, the lowest first.
fn links_to(list: &SkipList, made: &str) -> Vec<Shown> {
    let towers: Vec<Tower> = list.towers().iter().map(Tower::show).collect();
    let height = towers.iter().find(|tower| tower.name == made);
    let height = height.map_or(0, |tower| tower.links.len());
    let link = |level: usize| {
        let leads = |tower: &&Tower| {
            tower
                .links
                .get(level)
                .is_some_and(|to| to.as_deref() == Some(made))
        };
        let from = towers.iter().find(leads)?;
        Some(Shown {
            level,
            from: Some(from.name.clone()).filter(|name| !name.is_empty()),
            next: Some(made.to_owned()),
            by: "cas",
            turn: "link",
        })
    };
    (0..height).filter_map(link).collect()
}

impl Shown {
    fn new(step: &Step<'_>) -> Self {
        Self {
            level: step.level,
            from: step.from.as_ref().map(name),
            next: step.next.as_ref().map(name),
            by: match step.by {
                By::End => "end",
                By::Known => "known",
                By::Prefix => "prefix",
                By::Key => "key",
            },
            turn: match (step.is_right, step.level) {
                (true, _) => "right",
                (false, 0) => "stop",
                (false, _) => "down",
            },
        }
    }

    fn words(&self) -> String {
        let from = self.from.as_deref().unwrap_or("the head");
        let next = self.next.as_deref().unwrap_or("the end");
        let turn = self.turn;
        let what = match self.by {
            "cas" => return format!("level {}: {from} now links to {next}", self.level),
            "known" => format!("{next} again"),
            "end" => "nothing follows".to_owned(),
            "key" => format!("the key of {next} is read"),
            _ => format!("the prefix beside the link to {next}"),
        };
        format!("level {}, at {from}: {what}: {turn}", self.level)
    }
}

// For the terminal.

impl Lab {
    fn text(&self) -> String {
        let mut text = String::from("Your list in the end, and where each level leads:\n\n");
        for tower in &self.towers {
            let (head, mark) = (
                tower.name.is_empty(),
                if tower.is_delete { " (deleted)" } else { "" },
            );
            let name = if head { "head" } else { &tower.name };
            let leads = |link: &Option<String>| link.clone().unwrap_or_else(|| "end".into());
            let links: Vec<String> = tower.links.iter().map(leads).collect();
            let _ = writeln!(
                text,
                "  {:<24} {}",
                format!("{name}{mark}"),
                links.join(" | ")
            );
        }
        for call in &self.calls {
            let _ = write!(text, "\n{}\n", call.label);
            for step in &call.steps {
                let _ = writeln!(text, "  {}", step.words());
            }
            let found = call.found.as_deref().unwrap_or("nothing");
            let _ = writeln!(text, "  found: {found}");
        }
        let ours = std::fs::read_to_string(OURS).ok();
        if let Some(ours) = ours.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
            let _ = writeln!(text, "\n{}", self.beside(&ours));
        }
        text
    }

    /// Whether towers and ways are those of our crate, whose trace this is.
    fn beside(&self, ours: &Value) -> String {
        if ours["head"] != self.head() || ours["nodes"] != Value::Array(self.nodes()) {
            return "The towers are not those of our crate.".into();
        }
        for (call, ours) in self
            .calls
            .iter()
            .zip(ours["operations"].as_array().into_iter().flatten())
        {
            if *ours != self.operation(call) {
                return format!("{:?} goes another way than in our crate.", call.label);
            }
        }
        "All towers and all ways are those of our crate.".into()
    }
}

// For the page.

/// Values in brackets, one a line.
fn lines(values: &[Value]) -> String {
    let lines: Vec<String> = values.iter().map(Value::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

impl Lab {
    fn links(&self, tower: &Tower) -> Value {
        tower
            .links
            .iter()
            .map(|link| self.number(link.as_ref()))
            .collect()
    }

    fn head(&self) -> Value {
        self.links(&self.towers[0])
    }

    fn nodes(&self) -> Vec<Value> {
        let node = |tower: &Tower| {
            json!({
                "key": tower.key,
                "timestamp": tower.timestamp,
                "operation": if tower.is_delete { "delete" } else { "put" },
                "height": tower.links.len(),
                "links": self.links(tower),
            })
        };
        self.towers[1..].iter().map(node).collect()
    }

    fn operation(&self, call: &Call) -> Value {
        let step = |step: &Shown| {
            json!({
                "level": step.level,
                "from": self.number(step.from.as_ref()),
                "node": self.number(step.next.as_ref()),
                "by": step.by,
                "move": step.turn,
            })
        };
        json!({
            "label": call.label,
            "kind": call.kind,
            "target": call.target,
            "found": self.number(call.found.as_ref()),
            "steps": call.steps.iter().map(step).collect::<Vec<_>>(),
        })
    }

    fn trace(&self) -> String {
        let operations = self.calls.iter().map(|call| {
            let Value::Object(mut call) = self.operation(call) else {
                return String::new();
            };
            let steps = call.remove("steps").unwrap_or_default();
            let rest = Value::Object(call).to_string();
            let steps = lines(steps.as_array().map_or(&[][..], Vec::as_slice));
            format!("{},\"steps\":{steps}}}", rest.trim_end_matches('}'))
        });
        let operations: Vec<String> = operations.collect();
        format!(
            "{{\"widget\":\"towers\",\"title\":\"Twelve versions in a skip list: follow a search, or two threads\",\n\
             \"head\":{},\n\"nodes\":{},\n\"operations\":[\n{}\n],\n\"interleavings\":[\n{}\n]}}\n",
            self.head(),
            lines(&self.nodes()),
            operations.join(",\n"),
            threads::TIMELINES
                .map(|timeline| timeline.json())
                .join(",\n"),
        )
    }
}
