//! Your memtable over time: every version of five keys, and what a reader as of each timestamp
//! gets from `get` and `scan`.
//!
//! Prints a trace for the time axis of the book, or with `--text` the same for a terminal.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use ferrisdb_core::{Found, Operation, Timestamp};
use ferrisdb_memtable::{Entry, Memtable};
use serde_json::{Value, json};

use support::{new_table, write};

#[path = "tests/support/mod.rs"]
mod support;

/// The last timestamp on the axis.
const NOW: u64 = 12;

fn main() -> io::Result<()> {
    let lab = Lab::run(&table());
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        out.write_all(lab.text().as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

/// A day with the gift cards of five customers.
fn table() -> Memtable {
    let table = new_table();
    write(&table, 1, &[("ada", Some("90"))]);
    write(&table, 2, &[("bob", Some("10")), ("cy", Some("35"))]);
    write(&table, 3, &[("ada", Some("70"))]);
    // A card without a balance yet: the value is empty, and it is a value.
    write(&table, 4, &[("dee", Some(""))]);
    write(&table, 5, &[("bob", None)]);
    // A transfer: two keys in one batch, so as of one timestamp.
    write(&table, 6, &[("ada", Some("55")), ("cy", Some("50"))]);
    // The tombstone of a card whose value lies in an older table, if anywhere.
    write(&table, 7, &[("eve", None)]);
    write(&table, 8, &[("bob", Some("15"))]);
    write(&table, 10, &[("cy", None), ("dee", Some("20"))]);
    write(&table, 11, &[("ada", Some("40"))]);
    table
}

/// One version of a key.
struct Version {
    timestamp: u64,
    /// `None` is a tombstone.
    value: Option<String>,
}

/// What a lookup answered.
#[derive(Clone, PartialEq)]
enum Answer {
    Value(String),
    Deleted,
    Nothing,
}

/// What a reader got.
struct Read {
    as_of: u64,
    /// One a key.
    get: Vec<Answer>,
    scan: Vec<(String, String)>,
}

struct Lab {
    keys: Vec<(String, Vec<Version>)>,
    reads: Vec<Read>,
}

impl Lab {
    /// Asks the table everything.
    fn run(table: &Memtable) -> Self {
        let mut keys: Vec<(String, Vec<Version>)> = Vec::new();
        let mut cursor = table.versions();
        cursor.seek_to_first();
        while let Some(Entry { key, value }) = cursor.current() {
            let name = text(key.user_key);
            if keys.last().is_none_or(|(last, _)| *last != name) {
                keys.push((name, Vec::new()));
            }
            if let Some((_, versions)) = keys.last_mut() {
                let is_put = key.operation == Operation::Put;
                versions.push(Version {
                    timestamp: key.timestamp.0,
                    value: is_put.then(|| text(value)),
                });
            }
            cursor.next();
        }
        let reads = (0..=NOW).map(|as_of| Read::ask(table, &keys, as_of));
        let reads = reads.collect();
        Self { keys, reads }
    }
}

impl Read {
    fn ask(table: &Memtable, keys: &[(String, Vec<Version>)], as_of: u64) -> Self {
        let timestamp = Timestamp(as_of);
        let get = keys
            .iter()
            .map(|(key, _)| match table.get(key.as_bytes(), timestamp) {
                Some(Found::Value(value)) => Answer::Value(text(value)),
                Some(Found::Deleted) => Answer::Deleted,
                None => Answer::Nothing,
            });
        let scan = table.scan::<&str>(.., timestamp);
        Self {
            as_of,
            get: get.collect(),
            scan: scan.map(|(key, value)| (text(key), text(value))).collect(),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

// For the terminal.

impl Answer {
    fn in_words(&self) -> String {
        match self {
            Self::Value(value) if value.is_empty() => "\"\"".to_owned(),
            Self::Value(value) => value.clone(),
            Self::Deleted => "deleted".to_owned(),
            Self::Nothing => "-".to_owned(),
        }
    }

    /// What the versions of a key, newest first, say as of a timestamp.
    fn expected(versions: &[Version], as_of: u64) -> Self {
        let visible = versions.iter().find(|version| version.timestamp <= as_of);
        match visible.map(|version| &version.value) {
            Some(Some(value)) => Self::Value(value.clone()),
            Some(None) => Self::Deleted,
            None => Self::Nothing,
        }
    }
}

impl Lab {
    fn text(&self) -> String {
        let mut out = String::from("Every version, newest at the top:\n\n");
        for (key, versions) in &self.keys {
            for (index, Version { timestamp, value }) in versions.iter().enumerate() {
                let key = if index == 0 { key } else { "" };
                let what = match value {
                    Some(value) => format!("put {value:?}"),
                    None => "delete".to_owned(),
                };
                let _ = writeln!(out, "  {key:<5} @{timestamp:<3} {what}");
            }
        }
        out.push_str("\nWhat a reader gets (- is nothing known):\n\n  as of");
        for (key, _) in &self.keys {
            let _ = write!(out, "  {key:<8}");
        }
        out.push_str("  scan\n");
        for read in &self.reads {
            self.read(&mut out, read);
        }
        out
    }

    /// A line about one reader, with a mark where the versions say something else.
    fn read(&self, out: &mut String, Read { as_of, get, scan }: &Read) {
        let mut line = format!("  {as_of:>5}");
        let mut should = Vec::new();
        for ((key, versions), answer) in self.keys.iter().zip(get) {
            let expected = Answer::expected(versions, *as_of);
            let mark = if expected == *answer { "" } else { "!" };
            let _ = write!(line, "  {:<8}", answer.in_words() + mark);
            if let Answer::Value(value) = expected {
                should.push((key.clone(), value));
            }
        }
        let pairs: Vec<String> = scan
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mark = if should == *scan { "" } else { " !" };
        let _ = write!(line, "  {}{mark}", pairs.join(" "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

// For the page.

/// Values in brackets, one a line.
fn lines(values: impl Iterator<Item = Value>) -> String {
    let lines: Vec<String> = values.map(|value| value.to_string()).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

impl Lab {
    fn trace(&self) -> String {
        let keys = self.keys.iter().map(|(key, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .rev()
                .map(|Version { timestamp, value }| match value {
                    Some(value) => {
                        json!({"timestamp": timestamp, "operation": "put", "value": value})
                    }
                    None => json!({"timestamp": timestamp, "operation": "delete"}),
                })
                .collect();
            json!({"key": key, "versions": versions})
        });
        let reads = self.reads.iter().map(|Read { as_of, get, scan }| {
            let get: Vec<Value> = get
                .iter()
                .map(|answer| match answer {
                    Answer::Value(value) => json!({"found": "value", "value": value}),
                    Answer::Deleted => json!({"found": "deleted"}),
                    Answer::Nothing => json!({"found": "nothing"}),
                })
                .collect();
            json!({"as_of": as_of, "get": get, "scan": scan})
        });
        format!(
            "{{\"widget\":\"versions\",\"title\":\"Five keys over time: drag the timestamp of the \
             reader\",\"now\":{NOW},\n\"keys\":{},\n\"reads\":{}}}\n",
            lines(keys),
            lines(reads)
        )
    }
}
