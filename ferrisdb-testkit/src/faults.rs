//! The script of a [`FaultyFs`](crate::FaultyFs): what goes wrong, and when.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use ferrisdb_core::{Random, SeededRandom};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IoKind {
    /// Creates a file.
    Create,
    /// Opens a file.
    Open,
    /// Reads bytes.
    Read,
    /// Writes or appends bytes.
    Write,
    /// Asks for the length of a file.
    Size,
    /// Cuts a file, or grows it with zeros.
    Truncate,
    /// Reserves space.
    Allocate,
    /// Makes a file's bytes durable, and all about it.
    Sync,
    /// Makes a file's bytes durable.
    SyncData,
    /// Makes a directory's names durable.
    SyncDir,
    /// Gives a file a new name.
    Rename,
    /// Removes a name.
    Remove,
    /// Gives a file a second name.
    Link,
    /// Lists a directory.
    List,
    /// Creates a directory.
    CreateDir,
    /// Locks a file, and may create it.
    Lock,
}

impl IoKind {
    /// Whether cutting the power at such an operation can make a difference.
    #[must_use]
    pub fn changes_disk(self) -> bool {
        !matches!(self, Self::Open | Self::Read | Self::Size | Self::List)
    }

    /// Whether it makes something durable that is there already.
    fn is_sync(self) -> bool {
        matches!(self, Self::Sync | Self::SyncData | Self::SyncDir)
    }

    fn is_file_sync(self) -> bool {
        matches!(self, Self::Sync | Self::SyncData)
    }
}

/// One operation, as logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Io {
    /// Its number, from 0.
    pub number: u64,
    /// What it does.
    pub kind: IoKind,
    /// The file or directory, by the path under which it was opened.
    pub path: PathBuf,
    /// The new name of a rename or link.
    pub to: Option<PathBuf>,
    /// Where in the file; the new length for truncate and allocate. 0 where it means nothing.
    pub offset: u64,
    /// How many bytes were asked for; 0 where it means nothing.
    pub size: u64,
    /// Whether it failed.
    pub failed: bool,
}

impl Io {
    pub(crate) fn on(kind: IoKind, path: &Path) -> Self {
        Self {
            number: 0,
            kind,
            path: path.to_owned(),
            to: None,
            offset: 0,
            size: 0,
            failed: false,
        }
    }
}

impl fmt::Display for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.kind {
            IoKind::Create => "create",
            IoKind::Open => "open",
            IoKind::Read => "read",
            IoKind::Write => "write",
            IoKind::Size => "ask the length of",
            IoKind::Truncate => "truncate",
            IoKind::Allocate => "allocate",
            IoKind::Sync => "sync",
            IoKind::SyncData => "sync the data of",
            IoKind::SyncDir => "sync the directory",
            IoKind::Rename => "rename",
            IoKind::Remove => "remove",
            IoKind::Link => "link",
            IoKind::List => "list",
            IoKind::CreateDir => "create the directory",
            IoKind::Lock => "lock",
        };
        write!(f, "{}: {verb} {}", self.number, self.path.display())?;
        if let Some(to) = &self.to {
            write!(f, " to {}", to.display())?;
        }
        match self.kind {
            IoKind::Read | IoKind::Write => write!(f, ", {} bytes at {}", self.size, self.offset)?,
            IoKind::Truncate | IoKind::Allocate => write!(f, " to {} bytes", self.offset)?,
            _ => {}
        }
        f.write_str(if self.failed { " (failed)" } else { "" })
    }
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the operation with this number, once.
    Operation(u64),
    /// At the operation with this number and every one after it.
    From(u64),
    /// At the next operation of this kind, once.
    Next(IoKind),
    /// At every operation of this kind from now on.
    Every(IoKind),
    /// At the next sync of a file, of either kind, once.
    NextSync,
    /// At every sync of a file from now on.
    EverySync,
}

impl When {
    fn strikes(self, number: u64, kind: IoKind) -> bool {
        match self {
            Self::Operation(at) => number == at,
            Self::From(at) => number >= at,
            Self::Next(of) | Self::Every(of) => kind == of,
            Self::NextSync | Self::EverySync => kind.is_file_sync(),
        }
    }

    fn is_once(self) -> bool {
        matches!(self, Self::Operation(_) | Self::Next(_) | Self::NextSync)
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The power goes off during the operation: it fails, and so does everything after it.
    PowerCut,
    /// The operation does nothing and fails. A sync that fails so leaves the unsynced bytes
    /// as they are, for a later sync to save.
    Error(ErrorKind),
    /// A read or write moves at most this many bytes and succeeds. Other operations work.
    Short(usize),
    /// A sync fails, and what was unsynced in the file will never reach the disk, although
    /// readers still see it and the next sync succeeds. Linux did this for years. Other
    /// operations fail without doing anything.
    LoseUnsynced,
}

/// How much of an operation is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    Whole,
    Short(usize),
    /// All of it, but it is not durable yet.
    Cut,
    /// A sync fails and forgets.
    Lost,
}

impl Transfer {
    pub(crate) fn limit(self, size: usize) -> usize {
        match self {
            Self::Short(max) => size.min(max),
            Self::Whole | Self::Cut | Self::Lost => size,
        }
    }
}

/// The script, and what happened so far.
#[derive(Debug, Default)]
pub(crate) struct Control {
    pub(crate) log: Vec<Io>,
    /// The operation at which the power was cut.
    pub(crate) power_off: Option<u64>,
    /// By how much files may still grow; `None` for no limit.
    pub(crate) space: Option<u64>,
    rules: Vec<(When, Fault)>,
    chance: Option<(SeededRandom, u64)>,
}

impl Control {
    pub(crate) fn inject(&mut self, when: When, fault: Fault) {
        self.rules.push((when, fault));
    }

    pub(crate) fn by_chance(&mut self, seed: u64, one_in: u64) {
        self.chance = Some((SeededRandom::new(seed), one_in.max(1)));
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.chance = None;
        self.space = None;
    }

    /// Logs an operation, lets the script decide about it, and does what is left of it.
    pub(crate) fn run<T>(
        &mut self,
        mut io: Io,
        act: impl FnOnce(&mut Self, Transfer) -> io::Result<T>,
    ) -> io::Result<T> {
        if let Some(cut) = self.power_off {
            let message = format!("the power is off since operation {cut}");
            return Err(io::Error::other(message));
        }
        let number = self.log.len() as u64;
        io.number = number;
        let kind = io.kind;
        self.log.push(io);
        let result = match self.fault(number, kind) {
            None => act(self, Transfer::Whole),
            Some(Fault::Short(size)) => act(self, Transfer::Short(size)),
            Some(Fault::Error(kind)) => Err(kind.into()),
            Some(Fault::LoseUnsynced) => {
                if kind.is_file_sync() {
                    act(self, Transfer::Lost)?;
                }
                Err(io::Error::other("the disk reported an error"))
            }
            Some(Fault::PowerCut) => {
                // What it changes may or may not reach the disk, as with any unsynced change.
                // A sync has nothing of its own that could.
                if !kind.is_sync() {
                    let _ = act(self, Transfer::Cut);
                }
                self.power_off = Some(number);
                let message = format!("the power went off at operation {number}");
                Err(io::Error::other(message))
            }
        };
        if result.is_err()
            && let Some(io) = self.log.last_mut()
        {
            io.failed = true;
        }
        result.map_err(|error| self.explain(error))
    }

    /// Adds the operation to the message, and keeps the kind.
    fn explain(&self, error: io::Error) -> io::Error {
        match self.log.last() {
            Some(io) => io::Error::new(error.kind(), format!("{error}, at operation {io}")),
            None => error,
        }
    }

    fn fault(&mut self, number: u64, kind: IoKind) -> Option<Fault> {
        let strikes = |(when, _): &(When, Fault)| when.strikes(number, kind);
        if let Some(index) = self.rules.iter().position(strikes) {
            let (when, fault) = self.rules[index];
            if when.is_once() {
                self.rules.remove(index);
            }
            return Some(fault);
        }
        let (random, one_in) = self.chance.as_mut()?;
        if random.below(*one_in) > 0 {
            return None;
        }
        Some(match random.below(4) {
            0 => Fault::PowerCut,
            1 if matches!(kind, IoKind::Read | IoKind::Write) => {
                Fault::Short(usize::try_from(random.below(64)).unwrap_or(0) + 1)
            }
            2 if kind.is_file_sync() => Fault::LoseUnsynced,
            _ => Fault::Error(ErrorKind::Other),
        })
    }

    /// How many of `size` bytes at `offset` fit on the disk, in a file that ends at `end`.
    /// An error if none do.
    pub(crate) fn take_space(&mut self, end: u64, offset: u64, size: usize) -> io::Result<usize> {
        let Some(space) = self.space else {
            return Ok(size);
        };
        let last = offset.saturating_add(size as u64);
        let growth = last.saturating_sub(end.max(offset));
        if growth <= space {
            self.space = Some(space - growth);
            return Ok(size);
        }
        let missing = usize::try_from(growth - space).unwrap_or(usize::MAX);
        self.space = Some(0);
        match size.saturating_sub(missing) {
            0 => Err(ErrorKind::StorageFull.into()),
            fits => Ok(fits),
        }
    }

    /// Takes all of `size` bytes of space, or none and fails.
    pub(crate) fn need_space(&mut self, size: usize) -> io::Result<()> {
        if let Some(space) = self.space {
            let left = space.checked_sub(size as u64);
            self.space = Some(left.ok_or(io::Error::from(ErrorKind::StorageFull))?);
        }
        Ok(())
    }
}
