//! What the tests of this stage share: tables, manifests, and what is in them.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Environment, FileSystem, Operation, OwnedKey, Timestamp};
use ferrisdb_format::{HEADER_SIZE, Header, Magic, put_varint};
use ferrisdb_manifest::{
    Edit, Error, FileName, Kind, Manifest, Options, Place, Record, Recovery, Result, TableMeta,
    Version,
};
use ferrisdb_testkit::{CrashPlan, FaultyFs, ManualClock, MemFs};

/// Where the database of the tests is.
pub(crate) const DIRECTORY: &str = "/db";

/// When everything in the tests happens, in microseconds: 2023-11-14 22:13:20 UTC.
pub(crate) const NOW_US: u64 = 1_700_000_000_000_000;

pub(crate) fn directory() -> &'static Path {
    Path::new(DIRECTORY)
}

pub(crate) fn environment(fs: impl FileSystem + 'static) -> Environment {
    Environment {
        fs: Arc::new(fs),
        clock: Arc::new(ManualClock::new(NOW_US)),
    }
}

pub(crate) fn open(fs: impl FileSystem + 'static) -> Result<(Manifest, Recovery)> {
    open_with(fs, Options::default())
}

pub(crate) fn open_with(
    fs: impl FileSystem + 'static,
    options: Options,
) -> Result<(Manifest, Recovery)> {
    Manifest::open(&environment(fs), directory(), options)
}

/// What a reader finds who changes nothing.
pub(crate) fn read(fs: &MemFs) -> Result<Recovery> {
    Manifest::read(&environment(fs.clone()), directory())
}

pub(crate) fn manifest_path(number: u64) -> PathBuf {
    FileName::Manifest(number).path(directory())
}

pub(crate) fn table_path(number: u64) -> PathBuf {
    FileName::Table(number).path(directory())
}

pub(crate) fn current_path() -> PathBuf {
    FileName::Current.path(directory())
}

pub(crate) fn key(user_key: &str, timestamp: u64) -> OwnedKey {
    OwnedKey {
        user_key: user_key.into(),
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

/// A table with the keys `first` to `last`, whose newest timestamp is `newest`.
pub(crate) fn table(number: u64, first: &str, last: &str, newest: u64) -> TableMeta {
    TableMeta {
        number,
        size: 1000 + number,
        entries: 10,
        deletions: 2,
        smallest: key(first, newest),
        largest: key(last, newest.saturating_sub(3)),
        smallest_timestamp: Timestamp(newest.saturating_sub(5)),
        largest_timestamp: Timestamp(newest),
    }
}

/// What a flush commits: a table in level 0 that holds everything up to `newest`.
pub(crate) fn flush(number: u64, newest: u64) -> Edit {
    Edit::new()
        .add(0, table(number, "a", "m", newest))
        .log_start(newest * 100)
        .last_timestamp(Timestamp(newest))
}

/// Takes the next number and commits a flush of that table.
pub(crate) fn commit_flush(manifest: &mut Manifest, newest: u64) -> Result<u64> {
    let number = manifest.next_number()?;
    manifest.commit(&flush(number, newest))?;
    Ok(number)
}

/// The numbers of the tables of each level, down to the last that has any.
pub(crate) fn numbers(version: &Version) -> Vec<Vec<u64>> {
    let levels = version.levels().iter();
    let mut numbers: Vec<Vec<u64>> = levels
        .map(|level| level.iter().map(|table| table.number).collect())
        .collect();
    while numbers.last().is_some_and(Vec::is_empty) {
        numbers.pop();
    }
    numbers
}

/// What of a version a reader of the database would notice: everything but which numbers are
/// taken, which grows whenever the database is opened.
pub(crate) fn shape(version: &Version) -> String {
    format!(
        "version {}, tables {:?}, log from {}, up to {}",
        version.number(),
        numbers(version),
        version.log_start(),
        version.last_timestamp()
    )
}

/// The path and offset that an error names, if it is about damage.
pub(crate) fn damage(error: &Error) -> Option<(PathBuf, u64)> {
    match error {
        Error::Corruption(corruption) => Some((corruption.path.clone(), corruption.offset)),
        Error::NotOurs { path, .. } | Error::NewerVersion { path, .. } => Some((path.clone(), 0)),
        _ => None,
    }
}

/// A disk with an empty directory for the database.
pub(crate) fn empty_disk() -> MemFs {
    let fs = MemFs::new();
    fs.create_dir(directory()).expect("nothing fails");
    fs
}

/// The number of the manifest that [`Handmade`] makes.
pub(crate) const MANIFEST: u64 = 12;

/// The size of the header of each file.
pub(crate) const HEADER: u64 = HEADER_SIZE as u64;

/// A manifest made record by record.
#[derive(Clone)]
pub(crate) struct Handmade {
    pub(crate) bytes: Vec<u8>,
    /// The offsets at which records begin.
    pub(crate) records: Vec<u64>,
}

impl Handmade {
    /// A header and nothing else.
    pub(crate) fn header() -> Self {
        Self {
            bytes: Header::new(Magic::MANIFEST, MANIFEST, NOW_US)
                .encode()
                .into(),
            records: Vec::new(),
        }
    }

    /// Begins with a snapshot: version 40, which this edit leads to from nothing.
    pub(crate) fn snapshot(edit: &Edit) -> Self {
        let mut payload = Vec::new();
        put_varint(&mut payload, 40);
        edit.encode(&mut payload);
        Self::header().record(Kind::Snapshot, 0, &payload)
    }

    /// Version 40 with one table, 5, in level 0.
    pub(crate) fn new() -> Self {
        Self::snapshot(&flush(5, 50).next_number(100))
    }

    pub(crate) fn end(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(crate) fn record(mut self, kind: Kind, durable: u64, payload: &[u8]) -> Self {
        let place = Place {
            file_number: MANIFEST,
            offset: self.end(),
        };
        let record = Record {
            kind,
            durable,
            payload,
        };
        self.records.push(self.end());
        self.bytes
            .extend(record.encode(place).expect("it is small"));
        self
    }

    /// An edit that was written when all before it was on the disk, as all are.
    pub(crate) fn edit(self, edit: &Edit) -> Self {
        let (durable, mut payload) = (self.end(), Vec::new());
        edit.encode(&mut payload);
        self.record(Kind::Edit, durable, &payload)
    }

    /// Flushes tables with these numbers; table n holds what was written up to @10n.
    pub(crate) fn flushes(self, numbers: impl IntoIterator<Item = u64>) -> Self {
        let flushes = numbers.into_iter();
        flushes.fold(self, |made, n| made.edit(&flush(n, 10 * n)))
    }

    pub(crate) fn mark(self) -> Self {
        let durable = self.end();
        self.record(Kind::Mark, durable, &[])
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// The offset at which the record of this index begins; 0 is the snapshot.
    pub(crate) fn at(&self, index: usize) -> u64 {
        self.records[index]
    }

    /// Changes one byte.
    pub(crate) fn damage(mut self, offset: u64) -> Self {
        let offset = usize::try_from(offset).expect("it is small");
        self.bytes[offset] ^= 0x40;
        self
    }

    /// A disk on which this is the manifest that counts.
    pub(crate) fn disk(&self) -> MemFs {
        disk_with(&self.bytes)
    }

    /// What a reader finds.
    pub(crate) fn read(&self) -> Result<Recovery> {
        read(&self.disk())
    }
}

/// A disk on which this is the manifest that counts.
pub(crate) fn disk_with(manifest: &[u8]) -> MemFs {
    let fs = MemFs::new();
    let current = Header::new(Magic::CURRENT, MANIFEST, NOW_US).encode();
    fs.write(current_path(), current).expect("nothing fails");
    fs.write(manifest_path(MANIFEST), manifest)
        .expect("nothing fails");
    fs
}

/// All files of a disk, for comparing disks.
pub(crate) fn all_files(fs: &MemFs) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs.files().into_iter();
    files
        .map(|path| (path.clone(), fs.read(path).expect("it exists")))
        .collect()
}

/// The names of all files of a disk.
pub(crate) fn names(fs: &MemFs) -> Vec<String> {
    let files = fs.files();
    let names = files.iter().filter_map(|path| path.file_name()?.to_str());
    names.map(str::to_owned).collect()
}

/// A disk that a power cut has left.
pub(crate) struct AfterCut {
    pub(crate) disk: MemFs,
    /// When the power went off, and what of it is left.
    pub(crate) story: String,
}

/// Runs `program` on this disk with the power cut at each operation that changes it, and once to
/// its end; then looks at each different disk that is left, with what the program had to say.
pub(crate) fn power_cuts<T: Clone>(
    start: &MemFs,
    program: impl Fn(&FaultyFs) -> T,
    mut look: impl FnMut(T, &AfterCut),
) {
    let whole = FaultyFs::new(start.fork());
    program(&whole);
    let mut cuts: Vec<Option<u64>> = whole.changes().into_iter().map(Some).collect();
    cuts.push(None);
    for cut in cuts {
        let fs = FaultyFs::new(start.fork());
        if let Some(cut) = cut {
            fs.cut_power_at(cut);
        }
        let said = program(&fs);
        let when = match fs.log().last() {
            Some(io) if cut.is_some() => format!("the power was cut at operation {io}"),
            _ => "the power was cut when all was done".to_owned(),
        };
        let mut seen = HashSet::new();
        for plan in fs.disk().crash_plans(3).into_iter().filter(telling) {
            let disk = fs.crash(&plan);
            if seen.insert(all_files(&disk)) {
                let story = format!("{when}; {plan}");
                look(said.clone(), &AfterCut { disk, story });
            }
        }
    }
}

/// Of all the places at which a write can be torn, some are enough: whatever is torn is found to
/// be no record by its size or checksum.
fn telling(plan: &CrashPlan) -> bool {
    !matches!(plan, CrashPlan::TearLastWrite(size) if *size > 1 && size % 16 > 0)
}

/// Opens the manifest on disks that a power cut has left, with the power cut again at each
/// operation, and looks at what is left then. Remembers disks that it has seen.
#[derive(Default)]
pub(crate) struct SecondCut {
    seen: HashSet<Vec<(PathBuf, Vec<u8>)>>,
}

impl SecondCut {
    pub(crate) fn look(&mut self, first: &AfterCut, mut look: impl FnMut(&AfterCut)) {
        if !self.seen.insert(all_files(&first.disk)) {
            return;
        }
        let open = |fs: &FaultyFs| drop(open(fs.clone()));
        power_cuts(&first.disk, open, |(), second| {
            let story = format!(
                "{}; while it was opened again, {}",
                first.story, second.story
            );
            look(&AfterCut {
                disk: second.disk.clone(),
                story,
            });
        });
    }
}
