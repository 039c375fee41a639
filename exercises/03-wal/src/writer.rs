//! Appending to the log.

use std::collections::VecDeque;
use std::mem;
use std::path::{Path, PathBuf};

use ferrisdb_core::{Batch, Environment, FileLock, IoContext, Timestamp};

use crate::open_segment::{Earlier, Segment};
use crate::replay::Walk;
use crate::{
    Error, Kind, Metrics, Options, Place, Position, RECORD_HEADER_SIZE, Record, Recovery, Result,
    SEGMENT_HEADER_SIZE, SegmentFile, SyncMode, payload, recovery, recycle, segment, slack,
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
    pub(crate) environment: Environment,
    pub(crate) directory: PathBuf,
    options: Options,
    /// The segment that is written to.
    pub(crate) current: Segment,
    /// Earlier segments that have not been retired, oldest first.
    pub(crate) earlier: VecDeque<Earlier>,
    /// Those of them that are not known to be durable, oldest first.
    pub(crate) unsynced: Vec<Segment>,
    /// Whether a segment was begun whose name is not known to be durable.
    pub(crate) names_unsynced: bool,
    /// Everything below this position is on the disk.
    pub(crate) durable: Position,
    /// The highest durable mark in the log.
    mark: Position,
    /// The end of the last batch in the log.
    batch_end: Position,
    /// Set for good by the first write or sync that fails.
    failed: bool,
    /// The records being written, one behind the other; kept for its memory.
    buffer: Vec<u8>,
    /// Where in the buffer each of them ends.
    ends: Vec<usize>,
    metrics: Metrics,
    _lock: Box<dyn FileLock>,
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
        let path = directory.join("LOCK");
        let lock = fs.lock(&path).context("lock", &path)?;
        Self::open_locked(environment, directory, options, lock, apply)
    }

    /// Like [`open`](Self::open) for a directory that exists and is locked already. The lock is
    /// held as long as the writer exists.
    ///
    /// `apply` is called with all batches of the segment in which [`Options::needed_from`] lies,
    /// so the first of them may lie below it. Segments that lie below it as a whole are not read;
    /// they are [retired](Self::retire). A log that ends below it lost only what nobody needs, and
    /// goes on at that position.
    pub fn open_locked(
        environment: &Environment,
        directory: &Path,
        options: Options,
        lock: Box<dyn FileLock>,
        apply: &mut dyn FnMut(Timestamp, &Batch),
    ) -> Result<(Self, Recovery)> {
        let fs = &*environment.fs;
        let needed_from = options.needed_from;
        let walk = Walk::over(fs, directory, needed_from, apply)?;
        if walk.damage.is_some() || !walk.kept.is_empty() {
            recovery::repair(fs, directory, &walk)?;
        }

        let mut metrics = Metrics::default();
        let recycling = recycle::environment(environment, &options);
        let (current, mark) = match walk.kept.last() {
            Some(kept) if walk.damage.is_none() && kept.end() == walk.end => {
                (Segment::resume(fs, kept, &options)?, walk.mark)
            }
            last => {
                let first = walk.behind.first().map_or(1, |file| file.number);
                let number = last.map_or(first, |kept| kept.file.number.saturating_add(1));
                let name = SegmentFile::new(directory, number);
                let segment = Segment::create(&recycling, name, walk.end, walk.end)?;
                segment.sync(SyncMode::Data)?;
                fs.sync_dir(directory).context("sync", directory)?;
                metrics.count_segment();
                (segment, walk.end)
            }
        };
        recycle::remove_leftovers(fs, directory, &walk.unneeded)?;
        let earlier = walk.kept.iter().map(|kept| Earlier {
            file: kept.file.clone(),
            start: kept.start,
            end: kept.end(),
        });
        let earlier = earlier.filter(|earlier| earlier.file.number != current.number);
        let mut writer = Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options,
            durable: current.end(),
            mark,
            batch_end: walk.batch_end,
            earlier: earlier.collect(),
            current,
            unsynced: Vec::new(),
            names_unsynced: false,
            failed: false,
            buffer: Vec::new(),
            ends: Vec::new(),
            metrics,
            _lock: lock,
        };
        writer.retire(needed_from)?;
        writer.environment = recycling;
        Ok((writer, walk.into_recovery()))
    }

    /// Appends a batch with one write, and returns the position behind it.
    ///
    /// The batch survives the death of the process from now on, and a power cut once
    /// [`sync`](Self::sync) has returned. A batch that is too large is refused and changes nothing.
    pub fn append(&mut self, timestamp: Timestamp, batch: &Batch) -> Result<Position> {
        self.append_group([(timestamp, batch)])
    }

    /// Appends batches one behind the other with one write, and one more where a segment ends
    /// among them. Returns the position behind the last.
    ///
    /// What [`append`](Self::append) says of its batch holds for each of these. One that is too
    /// large makes the whole group be refused, and nothing changes. After a crash any number of
    /// them may be there, but never one without those before it. All are in memory at once, in
    /// the form in which they are written.
    pub fn append_group<'b>(
        &mut self,
        batches: impl IntoIterator<Item = (Timestamp, &'b Batch)>,
    ) -> Result<Position> {
        self.buffer.clear();
        self.ends.clear();
        for (timestamp, batch) in batches {
            batch.check()?;
            self.buffer
                .resize(self.buffer.len() + RECORD_HEADER_SIZE, 0);
            payload::encode(timestamp, batch, &mut self.buffer);
            self.ends.push(self.buffer.len());
        }
        if self.ends.is_empty() {
            return Ok(self.end());
        }
        self.attempt(|writer| writer.write_records(Kind::Batch))?;
        self.batch_end = self.current.end();
        self.metrics.appends += self.ends.len() as u64;
        Ok(self.batch_end)
    }

    /// Makes everything that was appended durable, in the way that `mode` says.
    pub fn sync(&mut self, mode: SyncMode) -> Result<()> {
        self.attempt(|writer| writer.sync_all(mode))
    }

    /// Ends the log: syncs it, and appends a mark, so that damage to any of it can be told from
    /// a torn tail from now on. No room is left behind the mark, and then no spare.
    pub fn close(mut self) -> Result<()> {
        self.sync(SyncMode::Data)?;
        if self.mark < self.batch_end {
            self.append_mark()?;
        }
        self.attempt(|writer| writer.current.trim())?;
        self.sync(SyncMode::Data)?;
        if self.options.spares_max > 0 {
            recycle::remove_leftovers(&*self.environment.fs, &self.directory, &[])?;
        }
        Ok(())
    }

    /// Appends a record that only carries the mark.
    fn append_mark(&mut self) -> Result<()> {
        self.buffer.clear();
        self.buffer.resize(RECORD_HEADER_SIZE, 0);
        self.ends.clear();
        self.ends.push(RECORD_HEADER_SIZE);
        self.attempt(|writer| writer.write_records(Kind::Mark))
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
    pub(crate) fn attempt<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        todo!(
            "refuse if something has failed before; otherwise do it, and remember whether it failed"
        )
    }

    /// Writes the records whose payloads are in the buffer, each behind room for its frame.
    ///
    /// Frames are filled in when it is known in which segment the record will lie: both its
    /// place and its mark depend on that.
    fn write_records(&mut self, kind: Kind) -> Result<()> {
        let size_max = segment::size_max(&self.options);
        let mut buffer = mem::take(&mut self.buffer);
        let ends = mem::take(&mut self.ends);
        let (mut written, mut start) = (0, 0);
        for &end in &ends {
            let mut offset = self.current.size + (start - written) as u64;
            let fits = offset + (end - start) as u64 <= size_max;
            if !fits && offset > SEGMENT_HEADER_SIZE {
                self.write(&buffer[written..start], start - written)?;
                written = start;
                self.next_segment()?;
                offset = self.current.size;
            }
            let place = Place {
                file_number: self.current.number,
                offset,
            };
            Record::frame(&mut buffer[start..end], kind, self.durable, place);
            start = end;
        }
        let size = buffer.len() - written;
        let end = self.current.size + size as u64;
        buffer.extend_from_slice(slack::blank(end, self.current.file_size));
        self.write(&buffer[written..], size)?;
        self.mark = self.durable;
        (self.buffer, self.ends) = (buffer, ends);
        Ok(())
    }

    /// Writes behind the last record of the current segment; so many of the bytes are records.
    fn write(&mut self, bytes: &[u8], records: usize) -> Result<()> {
        if records == 0 {
            return Ok(());
        }
        let segment = &mut self.current;
        segment
            .file
            .write_all_at(segment.size, bytes)
            .context("write to", &segment.path)?;
        segment.size += records as u64;
        self.metrics.bytes += records as u64;
        Ok(())
    }

    /// Goes on in a new segment, and remembers which one was before it.
    fn next_segment(&mut self) -> Result<()> {
        self.limit_unsynced()?;
        let Segment { number, start, .. } = self.current;
        self.earlier.push_back(Earlier {
            file: SegmentFile::new(&self.directory, number),
            start,
            end: self.current.end(),
        });
        self.rotate()
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
