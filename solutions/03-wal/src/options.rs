//! What a user of the log may choose.

use crate::Position;

/// How far a write has to get before [`Writer::sync`](crate::Writer::sync) returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncMode {
    /// To the operating system. Survives the death of the process, not of the machine.
    None,
    /// To the disk (`fdatasync`). Survives a power cut.
    #[default]
    Data,
    /// To the disk, together with the file's times and permissions (`fsync`).
    Full,
}

/// What a user of the log may choose.
#[derive(Debug, Clone)]
pub struct Options {
    /// A segment that has grown this large, in bytes, is followed by a new one. A batch larger
    /// than this gets a segment of its own. More than half a GiB counts as half a GiB.
    pub segment_size_max: u64,
    /// The log is needed from this position on. That it starts later is an error: whatever was
    /// in between is gone.
    pub needed_from: Position,
    /// A new segment is laid out at its full size when it is begun. Its file ends in zeros until
    /// it is full or the log is closed. A synced append then takes about two thirds of the time
    /// that it takes in a file that grows. Off by default: whoever has many small logs pays for it
    /// with space.
    pub preallocate: bool,
    /// So many retired segments, at most, are kept to be written over by new ones, which is as
    /// fast as `preallocate` and makes no new files. Such a file is changed in place: whoever wants
    /// a copy of a segment must not make it by a hard link. None by default.
    pub spares_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // Replay reads a segment as a whole: this much stays in the cache of most machines,
            // and was measured 1.5 times as fast as 64 MiB.
            segment_size_max: 16 << 20,
            needed_from: Position(0),
            preallocate: false,
            spares_max: 0,
        }
    }
}
