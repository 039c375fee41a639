//! What is done.

/// What is done to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Workload {
    /// Each key once, in order, into an empty database.
    FillSeq,
    /// Each key once, in an order without pattern, into an empty database.
    FillRandom,
    /// Like `FillRandom`, and every write is synced; a thousandth as many, and at least 1,000.
    FillSync,
    /// Each key once more, in another order.
    Overwrite,
    /// Keys that are there.
    ReadRandom,
    /// Keys that are not there, all over the place.
    ReadMissing,
    /// Keys of a hundredth of those that are there.
    ReadHot,
    /// All there is, in order.
    ReadSeq,
    /// All there is, backwards.
    ReadReverse,
    /// Entries from some key on, as many as [`Settings::scan`](crate::Settings::scan) says.
    SeekRandom,
    /// `ReadRandom` while another thread overwrites.
    ReadWhileWriting,
    /// Half reads, half updates; some keys far more often than others.
    YcsbA,
    /// 95 reads to 5 updates.
    YcsbB,
    /// Reads.
    YcsbC,
    /// 95 reads, of what is newest, to 5 inserts.
    YcsbD,
    /// 95 scans of 1 to 100 entries to 5 inserts.
    YcsbE,
    /// Half reads, half reads with an update of the same key.
    YcsbF,
}

impl Workload {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 17] = [
        ("fillseq", Self::FillSeq),
        ("fillrandom", Self::FillRandom),
        ("fillsync", Self::FillSync),
        ("overwrite", Self::Overwrite),
        ("readrandom", Self::ReadRandom),
        ("readmissing", Self::ReadMissing),
        ("readhot", Self::ReadHot),
        ("readseq", Self::ReadSeq),
        ("readreverse", Self::ReadReverse),
        ("seekrandom", Self::SeekRandom),
        ("readwhilewriting", Self::ReadWhileWriting),
        ("ycsba", Self::YcsbA),
        ("ycsbb", Self::YcsbB),
        ("ycsbc", Self::YcsbC),
        ("ycsbd", Self::YcsbD),
        ("ycsbe", Self::YcsbE),
        ("ycsbf", Self::YcsbF),
    ];

    /// The workload of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(of, _)| *of == name);
        found.map(|(_, workload)| *workload)
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, workload)| *workload == self);
        found.map_or("", |(name, _)| name)
    }

    /// Whether the database has all keys afterwards; `None` if that stays as it was.
    #[must_use]
    pub fn fills(self) -> Option<bool> {
        match self {
            Self::FillSeq | Self::FillRandom | Self::Overwrite => Some(true),
            Self::FillSync => Some(false),
            _ => None,
        }
    }

    /// Whether it changes keys.
    #[must_use]
    pub fn writes(self) -> bool {
        match self {
            Self::FillSeq
            | Self::FillRandom
            | Self::FillSync
            | Self::Overwrite
            | Self::ReadWhileWriting
            | Self::YcsbA
            | Self::YcsbB
            | Self::YcsbD
            | Self::YcsbE
            | Self::YcsbF => true,
            Self::ReadRandom
            | Self::ReadMissing
            | Self::ReadHot
            | Self::ReadSeq
            | Self::ReadReverse
            | Self::SeekRandom
            | Self::YcsbC => false,
        }
    }

    /// Whether it begins with an empty database.
    #[must_use]
    pub fn begins_empty(self) -> bool {
        matches!(self, Self::FillSeq | Self::FillRandom | Self::FillSync)
    }
}
