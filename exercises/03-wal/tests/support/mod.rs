//! What the tests of this stage share: batches with a number, logs made by hand, and a small
//! program whose power can be cut.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Batch, Environment, FileSystem, Operation, Timestamp};
use ferrisdb_format::{put_slice, put_u64, put_varint};
use ferrisdb_testkit::{FaultyFs, ManualClock, MemFs};
use ferrisdb_wal::{
    Error, Kind, Options, Place, Position, RECORD_HEADER_SIZE, Record, Recovery, Result,
    SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader, SyncMode, Writer, replay,
};

pub(crate) mod life;

/// Where the logs of the tests are.
pub(crate) const DIRECTORY: &str = "/db";

/// When the logs of the tests are begun, in microseconds: 2023-11-14 22:13:20 UTC.
pub(crate) const CREATED_AT_US: u64 = 1_700_000_000_000_000;

pub(crate) fn directory() -> &'static Path {
    Path::new(DIRECTORY)
}

/// The path of a segment.
pub(crate) fn segment_path(number: u64) -> PathBuf {
    SegmentFile::new(directory(), number).path
}

/// Fails unless the error itself names the file that could not be written. (What the disk of the
/// tests says of it does not count: it is only the reason.)
pub(crate) fn assert_names(error: &Error, number: u64) {
    let path = segment_path(number);
    assert!(
        matches!(error, Error::Core(ferrisdb_core::Error::Io { path: yours, .. }) if *yours == path),
        "the error must say that {} could not be written or synced, and says: {error:?}",
        path.display()
    );
}

pub(crate) fn environment(fs: impl FileSystem + 'static) -> Environment {
    Environment {
        fs: Arc::new(fs),
        clock: Arc::new(ManualClock::new(CREATED_AT_US)),
    }
}

/// Options with small segments.
pub(crate) fn segments_of(bytes: u64) -> Options {
    Options {
        segment_size_max: bytes,
        ..Options::default()
    }
}

/// The n-th batch of every test, from 1. Batches differ in size, and some span sectors.
pub(crate) fn batch(n: u64) -> Batch {
    let mut batch = Batch::new();
    let size = usize::try_from(n * 193 % 600).expect("a small number");
    batch.put(format!("key-{n}"), format!("{n}").repeat(size / 2));
    if n.is_multiple_of(3) {
        batch.delete(format!("key-{}", n - 1));
    }
    batch
}

/// A batch with one short value, for tests that look at bytes.
pub(crate) fn short_batch(n: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(format!("card-{n}"), format!("{}", 25 * n));
    batch
}

/// What replay gave back.
pub(crate) type Batches = Vec<(Timestamp, Batch)>;

/// The first batches of a test, as replay should give them back.
pub(crate) fn first(count: usize, batch: fn(u64) -> Batch) -> Batches {
    let numbers = (1..).take(count);
    numbers.map(|n| (Timestamp(n), batch(n))).collect()
}

/// Reads the log without changing it.
pub(crate) fn read(fs: &dyn FileSystem) -> Result<(Batches, Recovery)> {
    let mut found = Batches::new();
    let recovery = replay(fs, directory(), Position(0), &mut |timestamp, batch| {
        found.push((timestamp, batch.clone()));
    })?;
    Ok((found, recovery))
}

/// Reads what a power cut left; a directory that is gone holds nothing.
pub(crate) fn read_after_crash(disk: &MemFs) -> Result<Batches> {
    if disk.list(directory()).is_err() {
        return Ok(Batches::new());
    }
    Ok(read(disk)?.0)
}

/// Opens the log, repairs it, and says what was in it.
pub(crate) fn open(
    fs: impl FileSystem + 'static,
    options: Options,
) -> Result<(Writer, Batches, Recovery)> {
    let mut found = Batches::new();
    let mut apply = |timestamp, batch: &Batch| found.push((timestamp, batch.clone()));
    let (writer, recovery) = Writer::open(&environment(fs), directory(), options, &mut apply)?;
    Ok((writer, found, recovery))
}

/// A log made by hand, record by record, with the frame that you wrote for the first hole.
pub(crate) struct Handmade {
    /// Each segment's number and bytes.
    pub(crate) segments: Vec<(u64, Vec<u8>)>,
    /// The position of the newest segment's first byte.
    start: u64,
    /// The mark that the next records carry.
    mark: u64,
    /// How many batches there are.
    count: u64,
}

impl Handmade {
    /// A log with one empty segment.
    pub(crate) fn new() -> Self {
        let mut log = Self {
            segments: Vec::new(),
            start: 0,
            mark: 0,
            count: 0,
        };
        log.begin(1, 0);
        log
    }

    fn begin(&mut self, number: u64, start: u64) {
        self.start = start;
        let header = SegmentHeader {
            number,
            start: Position(start),
            mark: Position(self.mark),
            created_at_us: CREATED_AT_US,
        };
        self.segments.push((number, header.encode().to_vec()));
    }

    fn current(&mut self) -> (u64, &mut Vec<u8>) {
        let (number, bytes) = self.segments.last_mut().expect("there is a segment");
        (*number, bytes)
    }

    /// The position after the last byte.
    pub(crate) fn end(&self) -> u64 {
        let (_, bytes) = self.segments.last().expect("there is a segment");
        self.start + bytes.len() as u64
    }

    /// Everything so far was synced: what follows carries a mark that says so.
    pub(crate) fn synced(self) -> Self {
        let end = self.end();
        self.marked(end)
    }

    /// What follows carries this mark.
    pub(crate) fn marked(mut self, mark: u64) -> Self {
        self.mark = mark;
        self
    }

    /// Adds so many short batches.
    pub(crate) fn batches(mut self, count: u64) -> Self {
        for _ in 0..count {
            self.count += 1;
            let payload = payload(self.count, &short_batch(self.count));
            self = self.record(Kind::Batch, &payload);
        }
        self
    }

    /// Adds a record that only carries the mark.
    pub(crate) fn mark_record(self) -> Self {
        self.record(Kind::Mark, &[])
    }

    /// Adds a record with any payload.
    pub(crate) fn record(mut self, kind: Kind, payload: &[u8]) -> Self {
        let mark = Position(self.mark);
        let (file_number, bytes) = self.current();
        let offset = bytes.len() as u64;
        let place = Place {
            file_number,
            offset,
        };
        bytes.extend(framed(payload, kind, mark, place));
        self
    }

    /// Adds any bytes.
    pub(crate) fn bytes(mut self, more: &[u8]) -> Self {
        self.current().1.extend_from_slice(more);
        self
    }

    /// Goes on in the next segment.
    pub(crate) fn next_segment(self) -> Self {
        let number = self.segments.last().map_or(1, |(number, _)| number + 1);
        self.segment_number(number)
    }

    /// Goes on in a segment with any number.
    pub(crate) fn segment_number(mut self, number: u64) -> Self {
        let start = self.end();
        self.begin(number, start);
        self
    }

    /// A disk with this log on it, all of it durable.
    pub(crate) fn disk(&self) -> MemFs {
        disk_with(&self.segments)
    }
}

/// A disk with these segments on it, by number, all of them durable.
pub(crate) fn disk_with(segments: &[(u64, Vec<u8>)]) -> MemFs {
    let disk = MemFs::new();
    for (number, bytes) in segments {
        disk.write(segment_path(*number), bytes.clone())
            .expect("a disk in memory takes it");
    }
    disk
}

/// A record as bytes.
pub(crate) fn framed(payload: &[u8], kind: Kind, mark: Position, place: Place) -> Vec<u8> {
    let mut buffer = vec![0; RECORD_HEADER_SIZE];
    buffer.extend_from_slice(payload);
    Record::frame(&mut buffer, kind, mark, place);
    buffer
}

/// A batch as the payload of a record.
pub(crate) fn payload(timestamp: u64, batch: &Batch) -> Vec<u8> {
    let mut out = Vec::new();
    put_u64(&mut out, timestamp);
    put_varint(&mut out, batch.len() as u64);
    for entry in batch.iter() {
        out.push(entry.operation.into());
        put_slice(&mut out, entry.key);
        if entry.operation == Operation::Put {
            put_slice(&mut out, entry.value);
        }
    }
    out
}

/// The offset at which each record of a segment starts, and the end of the last one.
pub(crate) fn boundaries(segment: &[u8]) -> Vec<usize> {
    let mut at = usize::try_from(SEGMENT_HEADER_SIZE).expect("a small number");
    let mut boundaries = vec![at];
    while at < segment.len() {
        let size = segment[at + 4..at + 8].try_into().expect("4 bytes");
        at += RECORD_HEADER_SIZE + u32::from_le_bytes(size) as usize;
        boundaries.push(at);
    }
    boundaries
}

/// A step of a program that uses the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Do {
    /// Appends the next batch.
    Append,
    /// Syncs.
    Sync,
    /// Closes the log; nothing can follow.
    Close,
}

/// What a program was promised when it was interrupted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Promise {
    /// So many batches were appended, or at least tried.
    pub(crate) tried: usize,
    /// So many of them had been appended when the last sync returned.
    pub(crate) synced: usize,
}

/// Opens the log and does the steps, until one fails or all are done.
pub(crate) fn run(fs: &FaultyFs, options: Options, steps: &[Do]) -> Promise {
    let mut promise = Promise::default();
    let Ok((writer, found, _)) = open(fs.clone(), options) else {
        return promise;
    };
    promise.tried = found.len();
    promise.synced = found.len();
    let _ = go_on(writer, &mut promise, steps);
    promise
}

/// Does the steps with a log that holds what was promised.
pub(crate) fn go_on(mut writer: Writer, promise: &mut Promise, steps: &[Do]) -> Result<()> {
    for step in steps {
        match step {
            Do::Append => {
                promise.tried += 1;
                let n = promise.tried as u64;
                writer.append(Timestamp(n), &batch(n))?;
            }
            Do::Sync => {
                writer.sync(SyncMode::Data)?;
                promise.synced = promise.tried;
            }
            Do::Close => {
                writer.close()?;
                promise.synced = promise.tried;
                return Ok(());
            }
        }
    }
    Ok(())
}

impl Promise {
    /// What is wrong with the batches that came back, in words.
    pub(crate) fn check(&self, found: &Batches) -> std::result::Result<(), String> {
        let Self { tried, synced } = *self;
        if let Some(at) = (0..found.len()).find(|&at| found[..=at] != first(at + 1, batch)[..]) {
            return Err(format!(
                "batch number {} of those that came back is not the one that was appended: {:?}",
                at + 1,
                found[at]
            ));
        }
        let found = found.len();
        if found < synced {
            return Err(format!(
                "{synced} batches had been synced, and only {found} came back: a sync that \
                 returned is a promise"
            ));
        }
        if found > tried {
            return Err(format!(
                "{found} batches came back, and only {tried} had been appended"
            ));
        }
        Ok(())
    }
}
