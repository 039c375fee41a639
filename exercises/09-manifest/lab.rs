//! The history of your versions, and what is found after a power cut at every step.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal.
//! Everything is recorded: the steps are those that the file system saw, and what is found is what
//! your crate reads from each disk that a power cut can leave.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use ferrisdb_core::Timestamp;
use ferrisdb_manifest::{
    Edit, FileName, Manifest, Options, RECORD_HEADER_SIZE, Result, TableMeta, Version,
};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, Io, IoKind, MemFs, When};
use serde_json::{Value, json};

use support::{empty_disk, open_with, read, table};

#[path = "tests/support/mod.rs"]
mod support;

const TITLE: &str = "A database from its first moment: which version is found after a power cut?";

fn main() -> io::Result<()> {
    let lab = Lab::run();
    let mut out = io::stdout().lock();
    if std::env::args().any(|argument| argument == "--text") {
        out.write_all(lab.text().as_bytes())
    } else {
        out.write_all(lab.trace().as_bytes())
    }
}

/// A version that came to be, and after how many operations it was acknowledged.
struct Known {
    version: Version,
    operations: u64,
}

/// What happens: three flushes, a compaction, a table that moves, and a manifest begun anew.
fn program(fs: &FaultyFs, known: &mut Vec<Known>) -> Result<()> {
    let options = Options::default().edits_size_max(0);
    let (mut manifest, _) = open_with(fs.clone(), options)?;
    let mut note = |manifest: &Manifest| {
        known.push(Known {
            version: Version::clone(&manifest.current()),
            operations: fs.operations(),
        });
    };
    note(&manifest);
    let flush = |table: TableMeta| {
        let newest = table.largest_timestamp;
        let edit = Edit::new().log_start(100 * newest.0).last_timestamp(newest);
        edit.add(0, table)
    };
    let first = manifest.next_number()?;
    manifest.commit(&flush(table(first, "apple", "plum", 10)))?;
    note(&manifest);
    let second = manifest.next_number()?;
    manifest.commit(&flush(table(second, "banana", "quince", 20)))?;
    note(&manifest);
    let (low, high) = (manifest.next_number()?, manifest.next_number()?);
    let merged = Edit::new()
        .remove(0, first)
        .remove(0, second)
        .add(1, table(low, "apple", "grape", 20))
        .add(1, table(high, "kiwi", "quince", 20));
    manifest.commit(&merged)?;
    note(&manifest);
    let third = manifest.next_number()?;
    manifest.commit(&flush(table(third, "fig", "fig", 30)))?;
    note(&manifest);
    let moved = manifest
        .current()
        .find(high)
        .map(|(_, table)| table.clone());
    if let Some(table) = moved {
        manifest.commit(&Edit::new().remove(1, high).add(2, table))?;
        note(&manifest);
    }
    let last = Edit::new().last_timestamp(Timestamp(30));
    manifest.commit(&last)?;
    note(&manifest);
    Ok(())
}

/// What is found after some power cuts.
struct Cut {
    lost: String,
    found: Option<usize>,
    report: String,
}

struct Lab {
    known: Vec<Known>,
    steps: Vec<Io>,
    /// One more than steps: after none, after the first, and so on.
    cuts: Vec<Vec<Cut>>,
}

impl Lab {
    fn run() -> Self {
        let (fs, mut known) = (FaultyFs::new(empty_disk()), Vec::new());
        if let Err(error) = program(&fs, &mut known) {
            eprintln!("The program stopped: {error}");
        }
        let is_step =
            |io: &Io| io.kind.changes_disk() && io.kind != IoKind::CreateDir && !io.failed;
        let mut lab = Self {
            known,
            steps: fs.log().into_iter().filter(is_step).collect(),
            cuts: Vec::new(),
        };
        let next = lab.steps.iter().map(|step| step.number);
        let cuts = next.chain([fs.operations()]).map(|at| lab.cuts_before(at));
        lab.cuts = cuts.collect();
        lab
    }

    /// Everything that a power cut right before this operation can leave.
    fn cuts_before(&self, operation: u64) -> Vec<Cut> {
        let fs = FaultyFs::new(empty_disk());
        fs.inject(When::From(operation), Fault::Error(io::ErrorKind::Other));
        let _ = program(&fs, &mut Vec::new());
        let mut cuts: Vec<Cut> = Vec::new();
        let mut plans = fs.disk().crash_plans(0);
        plans.retain(|plan| !matches!(plan, CrashPlan::TearLastWrite(size) if *size != 20));
        for plan in plans {
            let (found, report) = self.look(&fs.crash(&plan));
            let lost = plan.to_string();
            let same = |cut: &&mut Cut| (cut.found, &cut.report) == (found, &report);
            match cuts.iter_mut().find(same) {
                Some(cut) => cut.lost = format!("{}; or {lost}", cut.lost),
                None => cuts.push(Cut {
                    lost,
                    found,
                    report,
                }),
            }
        }
        if let [cut] = cuts.as_mut_slice() {
            "whatever the disk loses".clone_into(&mut cut.lost);
        }
        cuts
    }

    /// The version that is found on a disk, and what is said about it.
    fn look(&self, disk: &MemFs) -> (Option<usize>, String) {
        match read(disk) {
            Err(error) => (None, error.to_string()),
            Ok(recovery) => {
                let shape = support::shape(&recovery.version);
                let same = |known: &Known| support::shape(&known.version) == shape;
                let found = self.known.iter().position(same);
                let said = match (&recovery.torn_tail, &recovery.manifest, found) {
                    (_, _, None) => format!("{shape}, which never was a version"),
                    (Some(tail), ..) => {
                        format!("torn tail at offset {}: {}", tail.offset, tail.reason)
                    }
                    (None, Some(path), _) => format!("from {}", name(path)),
                    (None, None, _) => "no database yet".to_owned(),
                };
                (found, said)
            }
        }
    }

    /// The version that is current after so many steps; `None` before there is one.
    fn current(&self, steps: usize) -> Option<usize> {
        let done = self.steps.get(steps).map_or(u64::MAX, |next| next.number);
        self.known
            .iter()
            .rposition(|known| known.operations <= done)
    }

    /// What a step does, in words.
    fn label(&self, step: usize) -> String {
        let io = &self.steps[step];
        let file = name(&io.path);
        let next = self.current(step).map_or(0, |current| current + 1);
        match io.kind {
            IoKind::Create => format!("create {file}"),
            IoKind::Write if !file.ends_with("manifest") => format!("write {file}"),
            IoKind::Write if io.offset == 0 => {
                format!("write header and snapshot of version {next} to {file}")
            }
            IoKind::Write if io.size == RECORD_HEADER_SIZE as u64 => {
                format!("write the mark to {file}")
            }
            IoKind::Write => format!("write the edit to version {next} to {file}"),
            IoKind::Sync | IoKind::SyncData => format!("sync {file}"),
            IoKind::SyncDir => "sync the directory".to_owned(),
            IoKind::Rename => format!("rename {file} to CURRENT"),
            IoKind::Remove => format!("remove {file}"),
            _ => io.to_string(),
        }
    }

    fn trace(&self) -> String {
        let versions = self.known.iter().map(|Known { version, .. }| {
            let table = |table: &std::sync::Arc<TableMeta>| {
                let key = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
                let (first, last) = (&table.smallest.user_key, &table.largest.user_key);
                json!([table.number, key(first), key(last)])
            };
            let levels = version.levels().iter().take(3);
            let levels: Vec<Vec<Value>> = levels
                .map(|level| level.iter().map(table).collect())
                .collect();
            let (number, log_start) = (version.number(), version.log_start());
            json!({"number": number, "log_start": log_start, "levels": levels})
        });
        let steps = (0..=self.steps.len()).map(|at| {
            let done = at.checked_sub(1);
            let label =
                done.map_or_else(|| "an empty directory".to_owned(), |step| self.label(step));
            let kind = done.map_or("start", |step| kind(self.steps[step].kind));
            let cuts = self.cuts[at]
                .iter()
                .map(|cut| json!({"lost": cut.lost, "found": cut.found, "report": cut.report}));
            let cuts: Vec<Value> = cuts.collect();
            json!({"label": label, "kind": kind, "current": self.current(at), "cuts": cuts})
        });
        format!(
            "{{\"widget\":\"history\",\"title\":{},\n\"versions\":[\n{}],\n\"steps\":[\n{}]}}\n",
            json!(TITLE),
            lines(versions),
            lines(steps)
        )
    }

    fn text(&self) -> String {
        let mut out = format!("{TITLE}\n");
        for at in 0..=self.steps.len() {
            if let Some(step) = at.checked_sub(1) {
                let _ = writeln!(out, "{at:3}. {}", self.label(step));
            }
            if let Some(index) = self.current(at)
                && (at == 0 || self.current(at - 1) != Some(index))
            {
                let version = &self.known[index].version;
                let _ = writeln!(out, "     ── {} ──", support::shape(version));
            }
            for cut in &self.cuts[at] {
                let found = cut.found.map_or_else(
                    || "no version".to_owned(),
                    |index| format!("version {}", self.known[index].version.number()),
                );
                let _ = writeln!(out, "       {found}, {} ({})", cut.report, cut.lost);
            }
        }
        out
    }
}

/// One value a line.
fn lines(values: impl Iterator<Item = Value>) -> String {
    let lines: Vec<String> = values.map(|value| value.to_string()).collect();
    lines.join(",\n")
}

fn kind(kind: IoKind) -> &'static str {
    match kind {
        IoKind::Write => "write",
        IoKind::Create => "create",
        IoKind::Rename => "rename",
        IoKind::Remove => "remove",
        _ => "sync",
    }
}

/// The short name of a file: without the zeros in front of its number.
fn name(path: &Path) -> String {
    match FileName::from_path(path) {
        Some(FileName::Manifest(number)) => format!("{number}.manifest"),
        _ => path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
    }
}
