//! *Given.* Letting go of segments that nobody needs any more.

use ferrisdb_core::IoContext;

use crate::open_segment::Earlier;
use crate::{Position, Result, SEGMENT_HEADER_SIZE, SyncMode, Writer};

impl Writer {
    /// Says that the log is needed from this position on, and will be for good: whoever opens it
    /// next says the same in [`Options::needed_from`](crate::Options::needed_from), or a higher
    /// position. Segments that lie below it as a whole are removed.
    ///
    /// The oldest goes first, and before it goes, the segment with which the log will begin is
    /// made durable. So whatever a crash leaves is a log that can be opened with that position.
    /// The removals themselves are not synced: a segment that comes back does no harm, and is
    /// removed when the log is opened.
    ///
    /// A segment that cannot be removed is an error and stays for the next call; the log can be
    /// written as before.
    pub fn retire(&mut self, needed_from: Position) -> Result<()> {
        let is_unneeded = |earlier: &Earlier| earlier.end <= needed_from;
        if !self.earlier.front().is_some_and(is_unneeded) {
            return Ok(());
        }
        self.attempt(|writer| writer.secure_beginning(needed_from))?;
        while let Some(oldest) = self.earlier.front().filter(|oldest| is_unneeded(oldest)) {
            let path = &oldest.file.path;
            self.environment.fs.remove(path).context("remove", path)?;
            let number = oldest.file.number;
            self.unsynced.retain(|segment| segment.number != number);
            self.earlier.pop_front();
        }
        Ok(())
    }

    /// Makes the first segment that stays durable, and its name.
    ///
    /// Without it, a power cut could leave no segment at all, and nobody could tell that from a
    /// log that was deleted.
    fn secure_beginning(&mut self, needed_from: Position) -> Result<()> {
        let mut earlier = self.earlier.iter();
        let first = earlier.find(|earlier| earlier.end > needed_from);
        let (number, start) = first.map_or((self.current.number, self.current.start), |earlier| {
            (earlier.file.number, earlier.start)
        });
        if self.durable >= start.plus(SEGMENT_HEADER_SIZE) {
            return Ok(());
        }
        let mut open = self.unsynced.iter().chain([&self.current]);
        if let Some(segment) = open.find(|segment| segment.number == number) {
            segment.sync(SyncMode::Data)?;
        }
        let fs = &self.environment.fs;
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.names_unsynced = false;
        Ok(())
    }
}
