//! Your database at work: a write, a group of writers, a flush, reads, a snapshot, a merge, and what is
//! left when the power goes.
//!
//! Prints a trace for the picture in the book, or with `--text` the same for a terminal. What
//! happens to files is what the file system saw; the rest is what your engine says after each call.

use std::io::{self, Write as _};
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Batch, OwnedKey, Source as _, Timestamp};
use ferrisdb_engine::{Engine, Error, Result, View};
use ferrisdb_manifest::{Edit, FileName, Manifest, TableMeta, Version};
use ferrisdb_merge::Merge;
use ferrisdb_sstable::{self as sstable, Cache, Cursor, ReadOptions, Table, Writer};
use ferrisdb_testkit::{CrashPlan, FaultyFs, Io, IoKind, MemFs};
use ferrisdb_wal::{self as wal, Position, SegmentFile, SyncMode};

use bench::{Bench, DIRECTORY, is_edit_sync, log_on, open, table_options};
use picture::{Scene, Shown, State, lines_of, text};

#[path = "lab/bench.rs"]
mod bench;
#[path = "lab/picture.rs"]
mod picture;

/// How long somebody is waited for who should have come long ago.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> io::Result<()> {
    let scenes = match scenes() {
        Ok(scenes) => scenes,
        Err(error) => {
            eprintln!("The lab cannot go on: {error}");
            std::process::exit(1);
        }
    };
    let out = if std::env::args().any(|argument| argument == "--text") {
        picture::in_words(&scenes)
    } else {
        picture::trace(&scenes)
    };
    io::stdout().lock().write_all(out.as_bytes())
}

fn put(key: &str, value: &str) -> Batch {
    let mut batch = Batch::new();
    batch.put(key, value);
    batch
}

fn delete(key: &str) -> Batch {
    let mut batch = Batch::new();
    batch.delete(key);
    batch
}

fn scenes() -> Result<Vec<Scene>> {
    let mut bench = Bench::new(FaultyFs::new(MemFs::new()))?;
    let mut scenes = vec![
        write(&mut bench, "a put", put("apple", "red"))?,
        group(&mut bench)?,
    ];
    bench.commit(delete("plum"))?;
    scenes.push(write(&mut bench, "a full memtable", put("fig", "ripe"))?);
    bench.begin("a flush");
    bench.flush()?;
    scenes.push(bench.end("the memtable is a table, and its part of the log is gone"));
    bench.commit(put("apple", "green"))?;
    for key in ["apple", "grape", "plum", "kiwi"] {
        scenes.push(bench.get(key)?);
    }
    scenes.push(snapshot(&mut bench)?);
    scenes.push(merge(&mut bench)?);
    scenes.push(power_cut("power off before the edit", 0)?);
    scenes.push(power_cut("power off after the edit", 1)?);
    Ok(scenes)
}

/// One writer.
fn write(bench: &mut Bench, label: &str, batch: Batch) -> Result<Scene> {
    let lines = batch
        .iter()
        .map(|entry| format!("{} = {}", text(entry.key), text(entry.value)));
    bench.state.writers.extend(lines);
    bench.begin(label);
    bench.commit(batch)?;
    let published = bench.engine.published().0;
    Ok(bench.end(match bench.engine.frozen() {
        0 => format!("committed as @{published}: on the disk, and visible"),
        _ => format!("committed as @{published}; a memtable waits to be flushed"),
    }))
}

/// Three writers: the first is held up by its validation while the others come.
fn group(bench: &mut Bench) -> Result<Scene> {
    bench.begin("three writers");
    let batches = [
        put("grape", "green"),
        put("plum", "blue"),
        put("lemon", "sour"),
    ];
    let (leads, has_lead) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let validate = move |_: &View<'_>| {
        // Whoever is at the other end may have lost its patience.
        let _ = leads.send(());
        let _ = may_go.recv_timeout(PATIENCE);
        Ok(true)
    };
    let (engine, batch) = (Arc::clone(&bench.engine), batches[0].clone());
    let first =
        thread::spawn(move || engine.commit_with(batch, SyncMode::Data, Box::new(validate)));
    let _ = has_lead.recv_timeout(PATIENCE);
    bench.step(
        "wait",
        &["writers"],
        "the first leads; its validation is asked, and takes its time",
        |state| {
            state.writers.push("1: grape = green".into());
        },
    );
    let mut threads = vec![first];
    for (n, line) in [(1, "2: plum = blue"), (2, "3: lemon = sour")] {
        let (engine, batch) = (Arc::clone(&bench.engine), batches[n].clone());
        threads.push(thread::spawn(move || engine.commit(&batch, SyncMode::Data)));
        let waiting = wait_for(&bench.engine, n);
        bench.step(
            "wait",
            &["writers"],
            format!("another comes; in the queue: {waiting}"),
            |state| {
                state.writers.insert(0, line.into());
            },
        );
    }
    let _ = go.send(());
    let mut stamped = Vec::new();
    for (thread, batch) in threads.into_iter().zip(batches) {
        let committed = thread
            .join()
            .map_err(|_| failed("a writer has panicked"))??;
        stamped.push((committed.timestamp.0, batch));
    }
    show_groups(bench, &stamped);
    let syncs = bench
        .scene
        .steps
        .iter()
        .filter(|step| step.kind == "sync")
        .count();
    Ok(bench.end(format!("writers: 3, syncs: {syncs}")))
}

/// Waits until so many writers are in the queue; says how many there are.
fn wait_for(engine: &Engine, count: usize) -> usize {
    for _ in 0..PATIENCE.as_millis() {
        if engine.waiting() >= count {
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    engine.waiting()
}

/// Shows each write to the log, and then what came into the memtable with it.
fn show_groups(bench: &mut Bench, stamped: &[(u64, Batch)]) {
    let appends = bench.fs.log().into_iter().filter(|io| {
        let is_log = SegmentFile::from_path(&io.path).is_some();
        io.number >= bench.seen && io.kind == IoKind::Write && is_log
    });
    let second = appends.map(|io| io.number).nth(1);
    let end = bench.fs.operations();
    let count = if second.is_some() { 1 } else { stamped.len() };
    bench.show_files(second.unwrap_or(end));
    bench.show_memory(&stamped[..count], false);
    if second.is_some() {
        bench.show_files(end);
        bench.show_memory(&stamped[1..], false);
    }
    bench.state.writers.clear();
}

fn failed(cause: &str) -> Error {
    Error::WritesStopped {
        cause: cause.into(),
    }
}

/// A snapshot, and a write that it does not see.
fn snapshot(bench: &mut Bench) -> Result<Scene> {
    bench.begin("a snapshot");
    let snapshot = bench.engine.snapshot();
    let as_of = snapshot.timestamp().0;
    bench.step(
        "memory",
        &["readers"],
        format!("a snapshot of @{as_of}: a number in a list, nothing is copied"),
        |state| {
            state.readers.push(format!("snapshot as of {as_of}"));
        },
    );
    bench.commit(put("apple", "brown"))?;
    let show =
        |value: Option<Vec<u8>>| value.map_or_else(|| "nothing".to_owned(), |value| text(&value));
    let (then, now) = (
        show(snapshot.get("apple")?),
        show(bench.engine.get("apple", None)?),
    );
    let answers = format!("the snapshot says that apple is {then}, everybody else says {now}");
    bench.say("look", &["readers", "memtable"], answers);
    let watermark = bench.engine.watermark().0;
    bench.say(
        "look",
        &["watermark"],
        format!("a compaction would keep what a reader as of {watermark} sees"),
    );
    drop(snapshot);
    let watermark = bench.engine.watermark().0;
    bench.step(
        "memory",
        &["watermark"],
        "the snapshot is dropped",
        |state| {
            state.watermark = watermark;
            state.readers.clear();
        },
    );
    Ok(bench.end(format!("the watermark is @{watermark} again")))
}

/// Two tables become one while a cursor stands in them.
fn merge(bench: &mut Bench) -> Result<Scene> {
    bench.engine.freeze()?;
    let frozen = mem::take(&mut bench.state.memtable);
    bench.state.frozen.insert(0, frozen);
    bench.flush()?;
    let mut cursor = bench.engine.cursor(None);
    cursor.seek_to_first()?;
    bench
        .state
        .readers
        .push(format!("cursor at {}", text(cursor.key())));
    bench.begin("two tables, one cursor");
    let version = bench.engine.version();
    let mut edit = Edit::new().add(1, write_merged(bench, &version)?);
    for (level, old) in version.tables() {
        edit = edit.remove(level, old.number);
    }
    bench.engine.install(&edit)?;
    bench.show_files(bench.fs.operations());
    let early = bench.engine.remove_obsolete()?;
    bench.show_files(bench.fs.operations());
    bench.say(
        "look",
        &["readers"],
        format!("obsolete files removed: {early}; the cursor may come back to them"),
    );
    drop(cursor);
    bench.step("memory", &["readers"], "the cursor is dropped", |state| {
        state.readers.clear();
    });
    let late = bench.engine.remove_obsolete()?;
    bench.show_files(bench.fs.operations());
    Ok(bench.end(format!(
        "removed with the cursor: {early}; without it: {late}"
    )))
}

/// Merges all tables of a version into one, as a compaction that keeps every version does.
fn write_merged(bench: &Bench, version: &Version) -> Result<TableMeta> {
    let tables = version
        .tables()
        .map(|(_, meta)| bench.engine.open_table(meta));
    let sources = tables.map(|table| Ok(Cursor::new(table?)));
    let mut merge = Merge::new(sources.collect::<Result<Vec<Cursor<Arc<Table>>>>>()?);
    let number = bench.engine.next_number()?;
    let environment = bench.fs.environment();
    let mut writer = Writer::create(&environment, Path::new(DIRECTORY), number, table_options())?;
    let mut keys: Vec<OwnedKey> = Vec::new();
    merge.seek_to_first()?;
    while merge.is_valid() {
        writer.add(merge.key(), merge.value())?;
        keys.push(merge.key().into());
        merge.next()?;
    }
    let sstable::TableInfo {
        size, properties, ..
    } = writer.finish()?;
    let (Some(smallest), Some(largest)) = (keys.first().cloned(), keys.last().cloned()) else {
        return Err(failed("the tables are empty"));
    };
    Ok(TableMeta {
        number,
        size,
        entries: properties.entries,
        deletions: properties.deletions,
        smallest,
        largest,
        smallest_timestamp: properties.smallest_timestamp,
        largest_timestamp: properties.largest_timestamp,
    })
}

/// A memtable is flushed when the power goes, `syncs` syncs after the manifest's edit was written;
/// then the database is opened again.
fn power_cut(label: &str, syncs: u64) -> Result<Scene> {
    let run = |fs: &FaultyFs| -> Result<u64> {
        let (engine, _) = open(fs)?;
        let colours = [("plum", "blue"), ("grape", "green")].map(|(key, value)| put(key, value));
        for batch in [put("apple", "red"), delete("fig")]
            .into_iter()
            .chain(colours)
        {
            engine.commit(&batch, SyncMode::Data)?;
        }
        engine.freeze()?;
        engine.commit(&put("apple", "green"), SyncMode::Data)?;
        let begin = fs.operations();
        engine.flush_step()?;
        Ok(begin)
    };
    let whole = FaultyFs::new(MemFs::new());
    let begin = run(&whole)?;
    let is_edit = |io: &&Io| io.number >= begin && is_edit_sync(io);
    let edit = whole
        .log()
        .iter()
        .rfind(is_edit)
        .map_or(begin, |io| io.number);
    let fs = FaultyFs::new(MemFs::new());
    fs.cut_power_at(edit + syncs);
    // It fails, since the power goes.
    let _ = run(&fs);
    reopen(label, FaultyFs::new(fs.crash(&CrashPlan::LoseAll)))
}

/// Opens what a power cut has left.
fn reopen(label: &str, fs: FaultyFs) -> Result<Scene> {
    let state = state_on(&fs)?;
    let seen = fs.operations();
    let (engine, recovery) = open(&fs)?;
    let mut bench = Bench {
        fs,
        engine: Arc::new(engine),
        state,
        seen,
        scene: Scene::default(),
    };
    bench.begin(label);
    bench.seen = seen;
    let end = bench.fs.operations();
    let is_log_read =
        |io: &&Io| io.kind == IoKind::Read && SegmentFile::from_path(&io.path).is_some();
    let last_read = bench
        .fs
        .log()
        .iter()
        .rfind(is_log_read)
        .map_or(end, |io| io.number + 1);
    bench.show_files(last_read);
    show_replay(&mut bench)?;
    bench.show_files(end);
    let removed = recovery.removed.len();
    Ok(bench.end(format!(
        "batches replayed: {}; files removed: {removed}",
        recovery.replayed
    )))
}

/// The picture of a disk that nobody has opened yet.
fn state_on(fs: &FaultyFs) -> Result<State> {
    let (environment, directory) = (fs.environment(), Path::new(DIRECTORY));
    let mut state = State {
        log: log_on(fs.disk()),
        ..State::default()
    };
    for path in fs.disk().files() {
        let Some(FileName::Table(number)) = FileName::from_path(&path) else {
            continue;
        };
        let cache = Arc::new(Cache::new(0));
        let table = Table::open(
            &environment,
            directory,
            number,
            cache,
            &ReadOptions::default(),
        )?;
        let properties = table.properties();
        let (first, last) = (&properties.smallest_key, &properties.largest_key);
        state.tables.push(Shown {
            number,
            keys: format!("{} to {}", text(first), text(last)),
            entries: properties.entries,
            status: "dead",
        });
    }
    state.take_version(&Manifest::read(&environment, directory)?.version);
    Ok(state)
}

/// What replay has brought into the memtable.
fn show_replay(bench: &mut Bench) -> Result<()> {
    let version = bench.engine.version();
    let flushed = version.last_timestamp();
    let mut lines = Vec::new();
    let mut collect = |timestamp: Timestamp, batch: &Batch| {
        if timestamp > flushed {
            lines.extend(lines_of(batch, timestamp.0));
        }
    };
    let start = Position(version.log_start());
    wal::replay(bench.fs.disk(), Path::new(DIRECTORY), start, &mut collect)?;
    let held = bench.engine.metrics().memtable_versions;
    let text = match flushed.0 {
        _ if held != lines.len() => format!(
            "replayed: {held} versions, and {} should be here",
            lines.len()
        ),
        0 => "replayed: everything that the log has".to_owned(),
        n => format!("replayed: what is newer than @{n}; the rest is in tables"),
    };
    lines.sort();
    bench.step("memory", &["memtable"], text, |state| {
        state.memtable = lines;
    });
    let (published, watermark) = (bench.engine.published().0, bench.engine.watermark().0);
    bench.step(
        "memory",
        &["published"],
        format!("readers see everything up to @{published}"),
        |state| {
            (state.published, state.watermark) = (published, watermark);
        },
    );
    Ok(())
}
