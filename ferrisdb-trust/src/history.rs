//! What happens to a database: a list of steps that follows from a seed.

use std::fmt;

use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_storage::Batch;
use ferrisdb_testkit::show;

/// A key and what it gets; `None` deletes it.
pub(crate) type Change = (Vec<u8>, Option<Vec<u8>>);

/// One step in the life of a database.
#[derive(Clone)]
pub(crate) enum Step {
    /// Writes a batch.
    Write(Vec<Change>),
    /// Writes a batch as a table, and takes that in.
    Ingest(Vec<Change>),
    Get(Vec<u8>),
    /// Walks over a range, from either end.
    Scan {
        from: Option<Vec<u8>>,
        to: Option<Vec<u8>>,
        reverse: bool,
    },
    /// Seeks, and then goes forwards (true) and backwards (false).
    Walk {
        to: Vec<u8>,
        moves: Vec<bool>,
    },
    Sync,
    Flush,
    CompactAll,
    CompactRange(Vec<u8>, Vec<u8>),
    /// Lets background work run, as many jobs as that.
    Background(u64),
    TakeSnapshot,
    /// Compares everything that a snapshot shows.
    ReadSnapshot,
    DropSnapshot,
    /// Goes to a key with a cursor that is kept.
    TakeCursor(Vec<u8>),
    /// Goes on with a cursor that is kept.
    MoveCursor(Vec<bool>),
    DropCursor,
    /// Makes a copy, and compares what is in it.
    Checkpoint,
    /// Makes a copy, and goes on with that.
    MoveOut,
    /// Closes the database and opens it again.
    Reopen,
    /// Drops the database without closing it, and opens it again.
    Kill,
    /// Cuts the power, and opens what a random crash with this seed left.
    PowerCut(u64),
}

impl Step {
    /// The batch that a write writes.
    pub(crate) fn batch(changes: &[Change]) -> Batch {
        let mut batch = Batch::new();
        for (key, value) in changes {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
        }
        batch
    }
}

/// Where steps come from.
pub(crate) struct Generator {
    random: SeededRandom,
    written: u64,
    /// How many different keys there are.
    keys: u64,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = SeededRandom::new(seed);
        let keys = [4, 20, 100][index(&mut random, 3)];
        Self {
            random,
            written: 0,
            keys,
        }
    }

    /// Keys of several lengths, some the beginning of others, one of them empty.
    fn key(&mut self) -> Vec<u8> {
        match self.random.below(self.keys) {
            0 => Vec::new(),
            n @ 1..6 => vec![b'a'; usize::try_from(n).unwrap_or(1)],
            6 => vec![0xff; 3],
            n => format!("key{n}").into_bytes(),
        }
    }

    /// Values of which no two are the same, so that an old one is not taken for a new one.
    fn value(&mut self) -> Vec<u8> {
        self.written += 1;
        let mut value = self.written.to_string().into_bytes();
        let size = match self.random.below(20) {
            0 => 1500,
            1..5 => 100,
            5 => return Vec::new(),
            _ => 0,
        };
        value.resize(value.len().max(size), b'.');
        value
    }

    fn change(&mut self) -> Change {
        let key = self.key();
        let value = (self.random.below(4) > 0).then(|| self.value());
        (key, value)
    }

    /// Forwards and backwards, with a turn now and then.
    fn moves(&mut self) -> Vec<bool> {
        let count = self.random.below(12);
        let mut forward = true;
        let moves = (0..count).map(|_| {
            forward ^= self.random.below(4) == 0;
            forward
        });
        moves.collect()
    }

    fn bound(&mut self) -> Option<Vec<u8>> {
        (self.random.below(3) > 0).then(|| self.key())
    }

    /// The next step.
    pub(crate) fn step(&mut self) -> Step {
        match self.random.below(1000) {
            0..500 => Step::Write(vec![self.change()]),
            500..560 => {
                let count = self.random.below(8);
                Step::Write((0..count).map(|_| self.change()).collect())
            }
            560..565 => {
                let count = 1 + self.random.below(8);
                Step::Ingest((0..count).map(|_| self.change()).collect())
            }
            565..580 => Step::MoveCursor(self.moves()),
            580..700 => Step::Get(self.key()),
            700..760 => Step::Scan {
                from: self.bound(),
                to: self.bound(),
                reverse: self.random.below(2) == 0,
            },
            760..810 => Step::Walk {
                to: self.key(),
                moves: self.moves(),
            },
            810..840 => Step::Sync,
            840..860 => Step::Flush,
            860..864 => Step::CompactAll,
            864..870 => Step::CompactRange(self.key(), self.key()),
            870..936 => Step::Background(1 + self.random.below(4)),
            936..940 => Step::TakeCursor(self.key()),
            940..950 => Step::TakeSnapshot,
            950..960 => Step::ReadSnapshot,
            960..967 => Step::DropSnapshot,
            967..970 => Step::DropCursor,
            970..974 => Step::Checkpoint,
            974..976 => Step::MoveOut,
            976..982 => Step::Reopen,
            982..990 => Step::Kill,
            _ => Step::PowerCut(self.random.next_u64()),
        }
    }

    /// So many steps.
    pub(crate) fn steps(&mut self, count: u64) -> Vec<Step> {
        (0..count).map(|_| self.step()).collect()
    }

    /// So many steps, the power on all the while; with a kill among them.
    pub(crate) fn powered_steps(&mut self, count: u64) -> Vec<Step> {
        let mut steps = self.steps(count);
        steps.retain(|step| !matches!(step, Step::PowerCut(_)));
        if self.random.below(2) == 0 {
            steps.insert(steps.len() / 2, Step::Kill);
        }
        steps
    }

    /// So many steps that leave the database open.
    pub(crate) fn steady_steps(&mut self, count: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        while (steps.len() as u64) < count {
            let step = self.step();
            let ends = matches!(
                step,
                Step::Reopen | Step::Kill | Step::PowerCut(_) | Step::MoveOut
            );
            if !ends {
                steps.push(step);
            }
        }
        steps
    }
}

fn index(random: &mut SeededRandom, bound: u64) -> usize {
    usize::try_from(random.below(bound)).unwrap_or(0)
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |key: &Option<Vec<u8>>| key.as_ref().map_or("the end".into(), |key| show(key));
        let list = |moves: &[bool]| {
            let moves = moves.iter().map(|on| if *on { '>' } else { '<' });
            moves.collect::<String>()
        };
        match self {
            Self::Write(changes) | Self::Ingest(changes) => {
                let is_write = matches!(self, Self::Write(_));
                f.write_str(if is_write { "write" } else { "ingest" })?;
                for (key, value) in changes {
                    match value {
                        Some(value) => write!(f, " {} = {},", show(key), show(value))?,
                        None => write!(f, " delete {},", show(key))?,
                    }
                }
                Ok(())
            }
            Self::Get(key) => write!(f, "get {}", show(key)),
            Self::Scan { from, to, reverse } => {
                let way = if *reverse { "back" } else { "on" };
                write!(f, "scan {way} from {} up to {}", bound(from), bound(to))
            }
            Self::Walk { to, moves } => write!(f, "seek {} then {}", show(to), list(moves)),
            Self::Sync => f.write_str("sync"),
            Self::Flush => f.write_str("flush"),
            Self::CompactAll => f.write_str("compact all"),
            Self::CompactRange(from, to) => {
                write!(f, "compact {} up to {}", show(from), show(to))
            }
            Self::Background(jobs) => write!(f, "{jobs} background jobs"),
            Self::TakeSnapshot => f.write_str("take a snapshot"),
            Self::ReadSnapshot => f.write_str("read a snapshot"),
            Self::DropSnapshot => f.write_str("drop a snapshot"),
            Self::TakeCursor(to) => write!(f, "keep a cursor at {}", show(to)),
            Self::MoveCursor(moves) => write!(f, "move the cursor {}", list(moves)),
            Self::DropCursor => f.write_str("drop the cursor"),
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::MoveOut => f.write_str("checkpoint and go on there"),
            Self::Reopen => f.write_str("close and open"),
            Self::Kill => f.write_str("kill and open"),
            Self::PowerCut(seed) => write!(f, "cut the power (seed {seed}) and open"),
        }
    }
}
