//! Appending to the log.

use std::mem;
use std::path::{Path, PathBuf};

use ferrisdb_core::{Access, Batch, Environment, File, FileLock, FileSystem, IoContext, Timestamp};

use crate::replay::{Kept, Walk};
use crate::{
    Error, Kind, Metrics, Options, Place, Position, RECORD_HEADER_SIZE, Record, Recovery, Result,
    SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader, SyncMode, payload, recovery,
    segment::SEGMENT_SIZE_LIMIT,
};

/// How many segments a writer keeps open besides the one that it writes to.
const UNSYNCED_SEGMENTS_MAX: usize = 16;

/// The one writer of a log.
///
/// It belongs to one thread at a time, and to one process: the directory is locked while it
/// exists. Dropping it is what a crash of the process would be; [`close`](Self::close) ends the
/// log in good order.
#[derive(Debug)]
pub struct Writer {
    environment: Environment,
    directory: PathBuf,
    options: Options,
    /// The segment that is written to.
    current: Segment,
    /// Earlier segments that are not known to be durable, oldest first.
    unsynced: Vec<Segment>,
    /// Whether a segment was begun whose name is not known to be durable.
    names_unsynced: bool,
    /// Everything below this position is on the disk.
    durable: Position,
    /// The highest durable mark in the log.
    mark: Position,
    /// The end of the last batch in the log.
    batch_end: Position,
    /// Set for good by the first write or sync that fails.
    failed: bool,
    /// The record being written; kept for its memory.
    buffer: Vec<u8>,
    metrics: Metrics,
    _lock: Box<dyn FileLock>,
}

/// An open segment.
#[derive(Debug)]
struct Segment {
    file: Box<dyn File>,
    path: PathBuf,
    number: u64,
    /// The position of its first byte.
    start: Position,
    /// Its size in bytes.
    size: u64,
}

impl Segment {
    /// Creates a segment and writes its header.
    fn create(
        environment: &Environment,
        name: SegmentFile,
        start: Position,
        mark: Position,
    ) -> Result<Self> {
        let SegmentFile { number, path } = name;
        let created_at_us = environment.clock.unix_us();
        let header = SegmentHeader {
            number,
            start,
            mark,
            created_at_us,
        }
        .encode();
        let file = environment.fs.create(&path).context("create", &path)?;
        file.write_all_at(0, &header).context("write to", &path)?;
        Ok(Self {
            file,
            path,
            number,
            start,
            size: SEGMENT_HEADER_SIZE,
        })
    }

    /// Opens a segment to which more will be appended.
    fn resume(fs: &dyn FileSystem, kept: &Kept) -> Result<Self> {
        let SegmentFile { number, path } = kept.file.clone();
        let file = fs.open(&path, Access::ReadWrite).context("open", &path)?;
        Ok(Self {
            file,
            path,
            number,
            start: kept.start,
            size: kept.size,
        })
    }

    /// The position after its last byte.
    fn end(&self) -> Position {
        self.start.plus(self.size)
    }

    /// Makes its bytes durable.
    fn sync(&self, mode: SyncMode) -> Result<()> {
        match mode {
            SyncMode::None => Ok(()),
            SyncMode::Data => self.file.sync_data(),
            SyncMode::Full => self.file.sync(),
        }
        .context("sync", &self.path)?;
        Ok(())
    }
}

impl Writer {
    /// Opens the log in `directory`, which is created if need be: locks it, calls `apply` with
    /// each batch in it, oldest first, and brings its end into order.
    ///
    /// A log that ended with a crash goes on in a new segment, whose header says up to where the
    /// log was found; any other goes on in its last segment.
    pub fn open(
        environment: &Environment,
        directory: &Path,
        options: Options,
        apply: &mut dyn FnMut(Timestamp, &Batch),
    ) -> Result<(Self, Recovery)> {
        let fs = &*environment.fs;
        fs.create_dir(directory).context("create", directory)?;
        let lock_path = directory.join("LOCK");
        let lock = fs.lock(&lock_path).context("lock", &lock_path)?;
        let walk = Walk::over(fs, directory, options.needed_from, apply)?;
        if walk.damage.is_some() || !walk.kept.is_empty() {
            recovery::repair(fs, directory, &walk)?;
        }

        let mut metrics = Metrics::default();
        let (current, mark) = match walk.kept.last() {
            Some(kept) if walk.damage.is_none() => (Segment::resume(fs, kept)?, walk.mark),
            last => {
                let first = walk.behind.first().map_or(1, |file| file.number);
                let number = last.map_or(first, |kept| kept.file.number.saturating_add(1));
                let name = SegmentFile::new(directory, number);
                let segment = Segment::create(environment, name, walk.end, walk.end)?;
                segment.sync(SyncMode::Data)?;
                fs.sync_dir(directory).context("sync", directory)?;
                metrics.count_segment();
                (segment, walk.end)
            }
        };
        let writer = Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options,
            durable: current.end(),
            mark,
            batch_end: walk.batch_end,
            current,
            unsynced: Vec::new(),
            names_unsynced: false,
            failed: false,
            buffer: Vec::new(),
            metrics,
            _lock: lock,
        };
        Ok((writer, walk.into_recovery()))
    }

    /// Appends a batch with one write, and returns the position behind it.
    ///
    /// The batch survives the death of the process from now on, and a power cut once
    /// [`sync`](Self::sync) has returned. A batch that is too large is refused and changes nothing.
    pub fn append(&mut self, timestamp: Timestamp, batch: &Batch) -> Result<Position> {
        batch.check()?;
        self.buffer.clear();
        self.buffer.resize(RECORD_HEADER_SIZE, 0);
        payload::encode(timestamp, batch, &mut self.buffer);
        self.attempt(|writer| writer.write_record(Kind::Batch))?;
        self.batch_end = self.current.end();
        self.metrics.appends += 1;
        Ok(self.batch_end)
    }

    /// Makes everything that was appended durable, in the way that `mode` says.
    pub fn sync(&mut self, mode: SyncMode) -> Result<()> {
        self.attempt(|writer| writer.sync_all(mode))
    }

    /// Ends the log: syncs it, and appends a mark, so that damage to any of it can be told from
    /// a torn tail from now on.
    pub fn close(mut self) -> Result<()> {
        self.sync(SyncMode::Data)?;
        if self.mark >= self.batch_end {
            return Ok(());
        }
        self.buffer.clear();
        self.buffer.resize(RECORD_HEADER_SIZE, 0);
        self.attempt(|writer| writer.write_record(Kind::Mark))?;
        self.sync(SyncMode::Data)
    }

    /// The position behind the last record.
    pub fn end(&self) -> Position {
        self.current.end()
    }

    /// The position below which everything is on the disk.
    pub fn durable(&self) -> Position {
        self.durable
    }

    /// What was done since the log was opened.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Does something that leaves the log in an unknown state if it fails, and remembers if so.
    ///
    /// A write that failed may have left half a record. After a sync that failed, the operating
    /// system may have dropped the unsynced bytes, and the next sync would succeed without them.
    /// Only reading the log from the disk again tells what is there.
    fn attempt<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        todo!(
            "refuse if something has failed before; otherwise do it, and remember whether it failed"
        )
    }

    /// Writes the record whose payload is in the buffer, behind room for its frame.
    fn write_record(&mut self, kind: Kind) -> Result<()> {
        let size = self.buffer.len() as u64;
        let size_max = self.options.segment_size_max.min(SEGMENT_SIZE_LIMIT / 2);
        let fits = self.current.size + size <= size_max;
        if !fits && self.current.size > SEGMENT_HEADER_SIZE {
            self.limit_unsynced()?;
            self.rotate()?;
        }
        let segment = &mut self.current;
        let place = Place {
            file_number: segment.number,
            offset: segment.size,
        };
        Record::frame(&mut self.buffer, kind, self.durable, place);
        segment
            .file
            .write_all_at(segment.size, &self.buffer)
            .context("write to", &segment.path)?;
        segment.size += size;
        self.mark = self.durable;
        self.metrics.bytes += size;
        Ok(())
    }

    /// Syncs the oldest segment where no sync came for long, so that the number of open files
    /// stays bounded.
    fn limit_unsynced(&mut self) -> Result<()> {
        if self.unsynced.len() == UNSYNCED_SEGMENTS_MAX {
            self.unsynced[0].sync(SyncMode::Data)?;
            self.unsynced.remove(0);
        }
        Ok(())
    }

    /// Goes on in a new segment. Nothing is synced: the next sync covers the old one as well.
    fn rotate(&mut self) -> Result<()> {
        todo!(
            "create the next segment, make it the current one, and remember that nothing of the old one is synced"
        )
    }

    /// Syncs earlier segments, the names of new ones, and the current segment.
    ///
    /// Nothing is promised before the last of these calls has returned, so their order is free.
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        todo!(
            "sync what is not synced yet, old segments and names included, and only then move the mark"
        )
    }
}
