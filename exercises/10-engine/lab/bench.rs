//! A database, and the picture of it.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use ferrisdb_core::{Batch, Found, Timestamp};
use ferrisdb_engine::{Engine, Options, Recovery, Result};
use ferrisdb_manifest::{FileName, RECORD_HEADER_SIZE, TableMeta, Version};
use ferrisdb_sstable::{self as sstable, Part};
use ferrisdb_testkit::{FaultyFs, Io, IoKind, MemFs};
use ferrisdb_wal::{self as wal, Kind, Place, Record, SegmentFile, SyncMode};

use crate::picture::{Scene, Shown, State, Step, keys_of, lines_of, text};

/// Where the database is.
pub(crate) const DIRECTORY: &str = "/db";

pub(crate) fn table_options() -> sstable::Options {
    sstable::Options::default().compression(sstable::Compression::None)
}

/// Small enough that five writes fill a memtable, and four a segment of the log.
pub(crate) fn open(fs: &FaultyFs) -> Result<(Engine, Recovery)> {
    let log = wal::Options {
        segment_size_max: 220,
        ..wal::Options::default()
    };
    let options = Options::default()
        .memtable_size(270)
        .log(log)
        .tables(table_options());
    Engine::open(&fs.environment(), Path::new(DIRECTORY), options)
}

pub(crate) struct Bench {
    pub(crate) fs: FaultyFs,
    pub(crate) engine: Arc<Engine>,
    pub(crate) state: State,
    /// The number of the first operation that was not shown yet.
    pub(crate) seen: u64,
    pub(crate) scene: Scene,
}

impl Bench {
    pub(crate) fn new(fs: FaultyFs) -> Result<Self> {
        let engine = Arc::new(open(&fs)?.0);
        let mut state = State {
            log: log_on(fs.disk()),
            ..State::default()
        };
        state.take_version(&engine.version());
        Ok(Self {
            seen: fs.operations(),
            scene: Scene::default(),
            fs,
            engine,
            state,
        })
    }

    pub(crate) fn begin(&mut self, label: impl Into<String>) {
        self.seen = self.fs.operations();
        self.scene = Scene {
            label: label.into(),
            start: self.state.clone(),
            ..Scene::default()
        };
    }

    pub(crate) fn end(&mut self, result: impl Into<String>) -> Scene {
        self.scene.result = result.into();
        mem::take(&mut self.scene)
    }

    /// A step, with what it changes in the picture.
    pub(crate) fn step(
        &mut self,
        kind: &'static str,
        at: &[&str],
        text: impl Into<String>,
        change: impl FnOnce(&mut State),
    ) {
        let before = self.state.clone();
        change(&mut self.state);
        let step = Step::new(kind, at, text.into(), &before, &self.state);
        self.scene.steps.push(step);
    }

    /// A step that changes nothing.
    pub(crate) fn say(&mut self, kind: &'static str, at: &[&str], text: impl Into<String>) {
        self.step(kind, at, text, |_| ());
    }

    /// Steps for what the file system has seen before an operation.
    pub(crate) fn show_files(&mut self, end: u64) {
        let mut shown: Vec<Io> = Vec::new();
        for io in self.fs.log() {
            if !(self.seen..end).contains(&io.number) || io.failed || is_hidden(io.kind) {
                continue;
            }
            match shown.last_mut() {
                // Several reads or writes of one file in a row are one step.
                Some(last) if last.size > 0 && last.kind == io.kind && last.path == io.path => {
                    last.size += io.size;
                    last.offset = last.offset.min(io.offset);
                }
                _ => shown.push(io),
            }
        }
        self.seen = end;
        let is_edit = |io: &Io| is_sync(io.kind) && is_manifest(&io.path);
        let is_new = |io: &Io| io.kind == IoKind::Create && is_manifest(&io.path);
        // A manifest that was begun anew says the same as the one before.
        let is_rewritten = shown.iter().any(is_new);
        let last_edit = shown.iter().rposition(is_edit).filter(|_| !is_rewritten);
        for (n, io) in shown.iter().enumerate() {
            let name = FileName::from_path(&io.path);
            if let Some(segment) = SegmentFile::from_path(&io.path) {
                self.show_segment(io, segment.number);
            } else if let Some(FileName::Table(number) | FileName::UnfinishedTable(number)) = name {
                self.show_table(io, number);
            } else if name.is_some() {
                self.show_manifest(io, Some(n) == last_edit);
            } else {
                self.say(
                    "sync",
                    &["directory"],
                    "the names of the files survive a power cut",
                );
            }
        }
    }

    fn show_segment(&mut self, io: &Io, number: u64) {
        let (at, size) = (format!("log{number}"), io.size);
        let at = [at.as_str()];
        match io.kind {
            IoKind::Create => self.step(
                "create",
                &at,
                format!("segment {number} of the log"),
                |state| {
                    state.log.insert(number, Vec::new());
                },
            ),
            IoKind::Write => self.show_append(io, number),
            IoKind::Remove => self.step(
                "remove",
                &at,
                format!("segment {number}: all of it is in tables"),
                |state| {
                    state.log.remove(&number);
                },
            ),
            IoKind::Read => self.say("read", &at, format!("segment {number}, {size} bytes")),
            IoKind::Truncate => self.say("write", &at, format!("cut to {} bytes", io.offset)),
            _ => self.say("sync", &at, "from now on it survives a power cut"),
        }
    }

    fn show_append(&mut self, io: &Io, number: u64) {
        let at = format!("log{number}");
        let batches = batches_in(self.fs.disk(), number, io.offset..io.offset + io.size);
        let old = self.state.log.get(&number).cloned().unwrap_or_default();
        let new: Vec<_> = batches
            .iter()
            .filter(|batch| !old.contains(batch))
            .cloned()
            .collect();
        let mut what = match &batches[..] {
            [] if io.offset == 0 => "the header of the segment".to_owned(),
            [] => "a record that says how far the log is durable".to_owned(),
            [one] => format!("batch {one}, {} bytes", io.size),
            all => format!(
                "batches {} with one write, {} bytes",
                all.join(" and "),
                io.size
            ),
        };
        if new.len() < batches.len() {
            what += ", once more: so the next sync is sure to cover it";
        }
        self.step("write", &[&at], what, |state| {
            state.log.entry(number).or_default().extend(new);
        });
    }

    fn show_table(&mut self, io: &Io, number: u64) {
        let (at, size) = (format!("table{number}"), io.size);
        let at = [at.as_str()];
        let version = self.engine.version();
        match io.kind {
            IoKind::Create => self.step(
                "create",
                &at,
                format!("table {number}, under another name for now"),
                |state| {
                    let (keys, status) = ("being written".to_owned(), "unfinished");
                    state.tables.insert(
                        0,
                        Shown {
                            number,
                            keys,
                            entries: 0,
                            status,
                        },
                    );
                },
            ),
            IoKind::Rename => {
                self.step("rename", &at, "it is whole, so it gets its name", |state| {
                    if let (Some(table), Some((_, meta))) =
                        (state.table(number), version.find(number))
                    {
                        table.is(meta, "dead");
                    }
                });
            }
            IoKind::Remove => self.step(
                "remove",
                &at,
                format!("table {number}: nobody needs it"),
                |state| {
                    state.tables.retain(|table| table.number != number);
                },
            ),
            IoKind::Write => self.say("write", &at, format!("{size} bytes of table {number}")),
            IoKind::Read => self.say("read", &at, format!("table {number}, {size} bytes")),
            _ => self.say("sync", &at, format!("the bytes of table {number}")),
        }
    }

    fn show_manifest(&mut self, io: &Io, is_last_edit: bool) {
        let version = self.engine.version();
        let (at, size) = (["manifest"], io.size);
        let name = io.path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.trim_start_matches('0');
        match io.kind {
            IoKind::Read => self.say("read", &at, format!("{name}, {size} bytes")),
            IoKind::Write if size == RECORD_HEADER_SIZE as u64 => {
                self.say(
                    "write",
                    &at,
                    format!("{name}: a mark, which says that the edit is durable"),
                );
            }
            IoKind::Write => self.say("write", &at, format!("{name}, {size} bytes")),
            kind if is_sync(kind) && is_last_edit => {
                self.step("sync", &at, "this is what counts from now on", |state| {
                    state.take_version(&version);
                });
            }
            IoKind::Create => self.say("create", &at, name),
            IoKind::Rename => self.say("rename", &at, format!("{name} becomes CURRENT")),
            IoKind::Remove => self.say("remove", &at, name),
            _ => self.say("sync", &at, name),
        }
    }

    /// Batches have come into the memtable, and are visible to readers.
    pub(crate) fn show_memory(&mut self, batches: &[(u64, Batch)], switched: bool) {
        let lines: Vec<_> = batches
            .iter()
            .flat_map(|(n, batch)| lines_of(batch, *n))
            .collect();
        if switched {
            let text = "the batch does not fit: frozen, and a new one begun";
            self.step("memory", &["memtable"], text, |state| {
                let full = mem::replace(&mut state.memtable, lines);
                state.frozen.insert(0, full);
            });
        } else {
            self.step(
                "memory",
                &["memtable"],
                "no reader sees this yet",
                |state| {
                    state.memtable.extend(lines);
                    state.memtable.sort();
                },
            );
        }
        let last = batches
            .iter()
            .map(|(timestamp, _)| *timestamp)
            .max()
            .unwrap_or(0);
        let published = last.min(self.engine.published().0);
        let mut text = format!("readers see everything up to @{published} now");
        if published < last {
            text = format!("{text}, and should see @{last}");
        }
        let is_held = !self.state.readers.is_empty();
        self.step("memory", &["published"], text, |state| {
            state.published = published;
            if !is_held {
                state.watermark = published;
            }
            state.writers.pop();
        });
    }

    /// One write by itself.
    pub(crate) fn commit(&mut self, batch: Batch) -> Result<()> {
        let committed = self.engine.commit(&batch, SyncMode::Data)?;
        self.show_files(self.fs.operations());
        self.show_memory(&[(committed.timestamp.0, batch)], committed.switched);
        self.state.watermark = self.engine.watermark().0;
        Ok(())
    }

    /// The oldest frozen memtable becomes a table.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let before = self.scene.steps.len();
        if !self.engine.flush_step()? {
            return Ok(());
        }
        // The log goes when readers have the table.
        let first = self.seen;
        let goes = |io: &&Io| {
            io.number >= first
                && io.kind == IoKind::Remove
                && SegmentFile::from_path(&io.path).is_some()
        };
        let end = self.fs.operations();
        let removal = self.fs.log().iter().find(goes).map_or(end, |io| io.number);
        self.show_files(removal);
        let oldest = format!("frozen{}", self.state.frozen.len().saturating_sub(1));
        let counts = self.scene.steps[before..]
            .iter()
            .any(|step| step.is_at("manifest"));
        let text = if counts {
            "readers find it in the table now"
        } else {
            "gone, and the manifest does not know of a table"
        };
        self.step("memory", &[&oldest], text, |state| {
            state.frozen.pop();
        });
        self.show_files(end);
        Ok(())
    }

    /// A point read, with what every part that it had to ask has said.
    pub(crate) fn get(&mut self, key: &str) -> Result<Scene> {
        self.begin(format!("get {key}"));
        let as_of = self.engine.published();
        let answer = self.engine.get(key, None)?;
        let reads: Vec<Io> = self
            .fs
            .log()
            .into_iter()
            .filter(|io| io.number >= self.seen && io.kind == IoKind::Read)
            .collect();
        let reader = format!("get {key} as of {}", as_of.0);
        self.step(
            "look",
            &["readers", "published"],
            "takes the parts as they are, and then the published timestamp",
            |state| {
                state.readers.push(reader);
            },
        );
        let version = self.engine.version();
        if !self.ask_memory(key) {
            self.ask_tables(key, as_of, &version, &reads)?;
        }
        self.state.readers.clear();
        Ok(self.end(answer.map_or_else(|| "nothing".to_owned(), |value| text(&value))))
    }

    fn ask_memory(&mut self, key: &str) -> bool {
        let newest = ("memtable".to_owned(), self.state.memtable.clone());
        let frozen = self.state.frozen.clone().into_iter().enumerate();
        let frozen = frozen.map(|(n, lines)| (format!("frozen{n}"), lines));
        for (at, lines) in [newest].into_iter().chain(frozen) {
            let is_of = |line: &&String| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with(" @"))
            };
            if let Some(line) = lines.iter().rfind(is_of) {
                self.say("found", &[&at], line);
                return true;
            }
            self.say("nothing", &[&at], format!("no version of {key}"));
        }
        false
    }

    fn ask_tables(
        &mut self,
        key: &str,
        as_of: Timestamp,
        version: &Version,
        reads: &[Io],
    ) -> Result<()> {
        for (_, meta) in version.tables() {
            let is_of =
                |io: &&Io| FileName::from_path(&io.path) == Some(FileName::Table(meta.number));
            let bytes = reads.iter().filter(is_of).map(|io| io.size).sum();
            if self.ask_table(key, as_of, meta, bytes)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a table knows the key. The read has got `bytes` from its file.
    fn ask_table(
        &mut self,
        key: &str,
        as_of: Timestamp,
        meta: &TableMeta,
        bytes: u64,
    ) -> Result<bool> {
        let at = format!("table{}", meta.number);
        let at = [at.as_str()];
        if !meta.overlaps(key.as_bytes()..=key.as_bytes()) {
            self.say("nothing", &at, format!("its keys are {}", keys_of(meta)));
            return Ok(false);
        }
        let table = self.engine.open_table(meta)?;
        let mut filter_alone = true;
        let found = table.lookup(key.as_bytes(), as_of, &mut |touch| {
            filter_alone &= touch.part == Part::Filter;
        })?;
        if filter_alone {
            self.say("nothing", &at, "its filter says: certainly not here");
            return Ok(false);
        }
        match bytes {
            0 => self.say("look", &at, "the block is in the cache"),
            _ => self.say("read", &at, format!("one block, {bytes} bytes")),
        }
        match &found {
            None => self.say("nothing", &at, format!("no version of {key}")),
            Some(Found::Deleted) => self.say(
                "found",
                &at,
                format!("{key} was deleted; no older part is asked"),
            ),
            Some(Found::Value(value)) => self.say("found", &at, format!("{key} = {}", text(value))),
        }
        Ok(found.is_some())
    }
}

fn is_sync(kind: IoKind) -> bool {
    matches!(kind, IoKind::Sync | IoKind::SyncData | IoKind::SyncDir)
}

fn is_hidden(kind: IoKind) -> bool {
    use IoKind::{CreateDir, List, Lock, Open, Size};
    matches!(kind, Lock | CreateDir | Open | Size | List)
}

/// Whether a path is that of a manifest.
pub(crate) fn is_manifest(path: &Path) -> bool {
    matches!(FileName::from_path(path), Some(FileName::Manifest(_)))
}

/// Whether it makes an edit durable.
pub(crate) fn is_edit_sync(io: &Io) -> bool {
    is_sync(io.kind) && is_manifest(&io.path)
}

/// The batches whose records begin in a part of a segment.
fn batches_in(disk: &MemFs, number: u64, part: Range<u64>) -> Vec<String> {
    let path = SegmentFile::new(Path::new(DIRECTORY), number).path;
    let bytes = disk.read(path).unwrap_or_default();
    let mut offset = wal::SEGMENT_HEADER_SIZE;
    let mut batches = Vec::new();
    loop {
        let place = Place {
            file_number: number,
            offset,
        };
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let Ok(record) = Record::decode(bytes.get(at..).unwrap_or_default(), place) else {
            return batches;
        };
        if record.kind == Kind::Batch && part.contains(&offset) {
            let timestamp = record.payload.first_chunk();
            let timestamp = timestamp.map_or(0, |bytes| u64::from_le_bytes(*bytes));
            batches.push(format!("@{timestamp}"));
        }
        offset += record.size() as u64;
    }
}

/// The segments on a disk, with their batches.
pub(crate) fn log_on(disk: &MemFs) -> BTreeMap<u64, Vec<String>> {
    let files = disk.files().into_iter();
    let numbers = files.filter_map(|path| Some(SegmentFile::from_path(&path)?.number));
    let segment = |number| (number, batches_in(disk, number, 0..u64::MAX));
    numbers.map(segment).collect()
}
