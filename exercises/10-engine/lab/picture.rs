//! What the picture shows, and the steps that change it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ferrisdb_core::{Batch, BatchEntry, Operation};
use ferrisdb_manifest::{TableMeta, Version};
use serde_json::{Map, Value, json};

/// All parts of the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) published: u64,
    pub(crate) watermark: u64,
    pub(crate) writers: Vec<String>,
    pub(crate) readers: Vec<String>,
    pub(crate) memtable: Vec<String>,
    /// Newest first.
    pub(crate) frozen: Vec<Vec<String>>,
    /// The batches of each segment.
    pub(crate) log: BTreeMap<u64, Vec<String>>,
    pub(crate) manifest: String,
    pub(crate) tables: Vec<Shown>,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) number: u64,
    pub(crate) keys: String,
    pub(crate) entries: u64,
    /// `live`, `dead` or `unfinished`.
    pub(crate) status: &'static str,
}

impl State {
    pub(crate) fn table(&mut self, number: u64) -> Option<&mut Shown> {
        self.tables.iter_mut().find(|table| table.number == number)
    }

    /// Takes over what a version says of tables and log.
    pub(crate) fn take_version(&mut self, version: &Version) {
        self.manifest = describe(version);
        for table in &mut self.tables {
            match version.find(table.number) {
                Some((_, meta)) => table.is(meta, "live"),
                None if table.status == "live" => table.status = "dead",
                None => {}
            }
        }
    }

    fn json(&self) -> Map<String, Value> {
        let segment = |(number, batches): (&u64, &Vec<String>)| json!({"name": number.to_string(), "batches": batches});
        let table = |table: &Shown| {
            let Shown {
                number,
                keys,
                entries,
                status,
            } = table;
            json!({"number": number, "keys": keys, "entries": entries, "status": status})
        };
        let log: Vec<_> = self.log.iter().map(segment).collect();
        let tables: Vec<_> = self.tables.iter().map(table).collect();
        let fields = [
            ("published", json!(self.published)),
            ("watermark", json!(self.watermark)),
            ("writers", json!(self.writers)),
            ("readers", json!(self.readers)),
            ("memtable", json!(self.memtable)),
            ("frozen", json!(self.frozen)),
            ("log", json!(log)),
            ("manifest", json!(self.manifest)),
            ("tables", json!(tables)),
        ];
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }
}

impl Shown {
    /// Takes over what the manifest knows.
    pub(crate) fn is(&mut self, meta: &TableMeta, status: &'static str) {
        (self.keys, self.entries, self.status) = (keys_of(meta), meta.entries, status);
    }
}

/// A version of the manifest in words.
fn describe(version: &Version) -> String {
    let mut words = String::new();
    for (level, tables) in version.levels().iter().enumerate() {
        let numbers: Vec<_> = tables
            .iter()
            .map(|table| table.number.to_string())
            .collect();
        if !numbers.is_empty() {
            let _ = write!(words, "level {level}: {}; ", numbers.join(", "));
        }
    }
    if words.is_empty() {
        words.push_str("no tables; ");
    }
    let (last, start) = (version.last_timestamp().0, version.log_start());
    words + &format!("up to @{last} in tables; log from byte {start}")
}

/// The range of a table's keys.
pub(crate) fn keys_of(meta: &TableMeta) -> String {
    let (first, last) = (&meta.smallest.user_key, &meta.largest.user_key);
    format!("{} to {}", text(first), text(last))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a batch does, a line for each key.
pub(crate) fn lines_of(batch: &Batch, timestamp: u64) -> Vec<String> {
    let line = |entry: BatchEntry<'_>| {
        let key = text(entry.key);
        match entry.operation {
            Operation::Delete => format!("{key} @{timestamp} deleted"),
            Operation::Put => format!("{key} @{timestamp} = {}", text(entry.value)),
        }
    };
    batch.iter().map(line).collect()
}

/// A call or two, and what your crate did.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    pub(crate) label: String,
    pub(crate) start: State,
    pub(crate) steps: Vec<Step>,
    pub(crate) result: String,
}

/// One thing that happened.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) kind: &'static str,
    /// The parts that it is about.
    pub(crate) at: Vec<String>,
    text: String,
    /// What is new.
    change: Map<String, Value>,
}

impl Step {
    /// A step between two states.
    pub(crate) fn new(
        kind: &'static str,
        at: &[&str],
        text: String,
        before: &State,
        after: &State,
    ) -> Self {
        let (old, mut change) = (before.json(), after.json());
        change.retain(|name, value| old.get(name) != Some(value));
        let at = at.iter().map(|&part| part.to_owned()).collect();
        Self {
            kind,
            at,
            text,
            change,
        }
    }

    /// Whether it is about a part whose name begins so.
    pub(crate) fn is_at(&self, part: &str) -> bool {
        self.at.iter().any(|at| at.starts_with(part))
    }

    fn json(&self) -> String {
        let mut step = json!({"kind": self.kind, "at": self.at, "text": self.text});
        if !self.change.is_empty() {
            step["state"] = Value::Object(self.change.clone());
        }
        step.to_string()
    }
}

/// The scenes for the page, an event a line.
pub(crate) fn trace(scenes: &[Scene]) -> String {
    let scene = |scene: &Scene| {
        let steps: Vec<_> = scene.steps.iter().map(Step::json).collect();
        let (label, result) = (json!(scene.label), json!(scene.result));
        let state = Value::Object(scene.start.json());
        format!(
            "{{\"label\":{label},\"result\":{result},\"state\":{state},\"steps\":[\n{}\n]}}",
            steps.join(",\n")
        )
    };
    let scenes: Vec<_> = scenes.iter().map(scene).collect();
    format!(
        "{{\"widget\":\"engine\",\"title\":\"A small database at work\",\"scenes\":[\n{}\n]}}\n",
        scenes.join(",\n")
    )
}

/// The scenes for the terminal.
pub(crate) fn in_words(scenes: &[Scene]) -> String {
    let mut out =
        String::from("Your database at work. What happens to files is what the file system saw.\n");
    for Scene {
        label,
        steps,
        result,
        ..
    } in scenes
    {
        let _ = writeln!(out, "\n{label}");
        for Step { kind, text, .. } in steps {
            let _ = writeln!(out, "  {kind:8} {text}");
        }
        let _ = writeln!(out, "  = {result}");
    }
    out
}
