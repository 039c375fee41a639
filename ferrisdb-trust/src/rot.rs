//! Every byte of a small database rots, one at a time, and a piece of another file gets in its place.
//!
//! What comes of it is the right answer, an error that says where the damage is, or, where the end of
//! the log is damaged and no mark behind it has survived, a prefix of what was written. Of that
//! prefix there has to be a report, unless the log is cut: between two batches nothing is there to
//! be seen. However large a size has become, reading takes little memory.

use std::path::{Path, PathBuf};

use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_storage::Error;
use ferrisdb_storage::wal::RECORD_HEADER_SIZE;
use ferrisdb_testkit::{FaultyFs, MemFs};

use crate::contents::{Map, apply};
use crate::failure::caught;
use crate::history::{Generator, Step};
use crate::looking::Read;
use crate::memory::peak;
use crate::place::place;
use crate::setup::Setup;
use crate::subject::Subject;

/// How many steps a history has.
const STEPS: u64 = 15;

/// How long a piece of another place is, in bytes.
const PIECE: usize = 64;

/// How much memory it may take to read a database, in bytes: ten times what it takes, whatever the
/// sizes say that have rotted.
const MEMORY_MAX: usize = 1 << 20;

/// One way in which a file rots.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip(u8),
    Set(u8),
    Cut,
    /// So many bytes from the same place of another file, or from another place of the same.
    Piece(usize),
}

/// Does so much damage at least, and counts it. Returns to how many databases.
pub(crate) fn run(first_seed: u64, damages: u64, done: &mut u64) -> Result<u64, String> {
    let mut seed = first_seed;
    while *done < damages {
        caught(|| database(seed, done)).map_err(|said| format!("seed {seed}: {said}"))?;
        seed += 1;
    }
    Ok(seed - first_seed)
}

/// Damages one database everywhere.
fn database(seed: u64, done: &mut u64) -> Result<(), String> {
    let mut steps = Generator::new(seed).steady_steps(STEPS);
    let is_closed = seed.is_multiple_of(2);
    if is_closed {
        steps.push(Step::Reopen);
    }
    let fs = FaultyFs::new(MemFs::new());
    let mut subject = Subject::new(Setup::from_seed(seed), fs.clone());
    subject.open()?;
    for step in &steps {
        let result = subject.step(step);
        result.map_err(|said| format!("{step:?}: {}", said.unwrap_or_default()))?;
    }
    subject.end(is_closed)?;
    let states = states(&steps);
    let mut random = SeededRandom::new(seed);
    for path in files(fs.disk()) {
        let bytes = fs.disk().read(&path).map_err(|error| error.to_string())?;
        for at in 0..bytes.len() {
            let bit = u8::try_from(random.below(8)).unwrap_or(0);
            let other = usize::try_from(random.below(1000)).unwrap_or(0);
            for damage in [
                Damage::Flip(bit),
                Damage::Set(0),
                Damage::Set(0xff),
                Damage::Cut,
                Damage::Piece(other),
            ] {
                let Some(rotten) = rotten(fs.disk(), &path, at, damage) else {
                    continue;
                };
                *done += 1;
                let what = format!("{damage:?} at {at} of {}", path.display());
                let read = read(&subject, &rotten);
                let judged = read.and_then(|read| judge(&path, damage, is_closed, &states, read));
                judged.map_err(|said| format!("{what}: {said}"))?;
            }
        }
    }
    Ok(())
}

/// What the database held after each batch.
fn states(steps: &[Step]) -> Vec<Map> {
    let mut states = vec![Map::new()];
    for step in steps {
        if let Step::Write(changes) | Step::Ingest(changes) = step {
            let mut next = states.last().cloned().unwrap_or_default();
            apply(&mut next, changes);
            states.push(next);
        }
    }
    states
}

/// The files that the database cannot do without.
fn files(disk: &MemFs) -> Vec<PathBuf> {
    let is_ours = |path: &PathBuf| {
        let kind = path.extension().and_then(|kind| kind.to_str());
        path.starts_with("db")
            && (kind.is_none_or(|kind| ["wal", "sst", "manifest"].contains(&kind)))
    };
    let files = disk.files().into_iter().filter(is_ours);
    files.filter(|path| !path.ends_with("LOCK")).collect()
}

/// The disk with this damage; `None` if it changes nothing.
fn rotten(disk: &MemFs, path: &Path, at: usize, damage: Damage) -> Option<MemFs> {
    let old = disk.read(path).ok()?;
    let mut bytes = old.clone();
    match damage {
        Damage::Flip(bit) => bytes[at] ^= 1 << bit,
        Damage::Set(byte) => bytes[at] = byte,
        Damage::Cut => bytes.truncate(at),
        Damage::Piece(number) => {
            let (from, start) = if number.is_multiple_of(2) {
                let others = disk.files().into_iter();
                let others = others.filter(|other| other.extension() == path.extension());
                let others: Vec<_> = others.filter(|other| other != path).collect();
                let other = others.get(number % others.len().max(1))?;
                (disk.read(other).ok()?, at)
            } else {
                (old.clone(), number % old.len())
            };
            let size = PIECE
                .min(bytes.len() - at)
                .min(from.len().checked_sub(start)?);
            let piece = &from[start..start + size];
            // Zeros look like room for more, which was laid out in advance.
            let is_blank = |part: &[u8]| part.iter().all(|byte| *byte == 0);
            if piece.windows(RECORD_HEADER_SIZE).any(is_blank) {
                return None;
            }
            bytes[at..at + size].copy_from_slice(piece);
        }
    }
    if bytes == old {
        return None;
    }
    let rotten = disk.fork();
    rotten.write(path, bytes).ok()?;
    Some(rotten)
}

/// Reads what has rotted. That takes little memory, and an error says where the damage is.
fn read(subject: &Subject, rotten: &MemFs) -> Result<Read, String> {
    let after = subject.elsewhere(FaultyFs::new(rotten.clone()));
    let (read, peak) = peak(|| caught(|| Ok(after.read())));
    if peak > MEMORY_MAX {
        return Err(format!("reading it takes {peak} bytes of memory"));
    }
    match &read {
        Ok(Read::Refused(error)) if !says_where(error, rotten) => Err(format!(
            "an error that does not say where the damage is: {error}"
        )),
        _ => read,
    }
}

/// Whether an error names a file in the directory, and an offset in it if it has one. If batches are
/// missing, it names the directory.
fn says_where(error: &Error, disk: &MemFs) -> bool {
    let Some((path, offset)) = place(error) else {
        return false;
    };
    let said = error.to_string();
    let directory = Path::new("/db");
    let is_ours = path == directory || path.parent() == Some(directory);
    let is_there = offset.is_none_or(|offset| {
        let size = disk.read(path).map_or(0, |bytes| bytes.len() as u64);
        offset <= size && said.contains(&format!("offset {offset}"))
    });
    is_ours && is_there && said.contains(&path.display().to_string())
}

/// Whether this may come of the damage.
fn judge(
    path: &Path,
    damage: Damage,
    is_closed: bool,
    states: &[Map],
    read: Read,
) -> Result<(), String> {
    match read {
        Read::Refused(_) => Ok(()),
        Read::Contents(found, _) if states.last() == Some(&found) => Ok(()),
        Read::Contents(found, is_reported) => {
            let in_log = path.extension().is_some_and(|kind| kind == "wal");
            // A manifest whose last edit and its mark are gone looks like an older one. If that
            // edit took in a table, and nothing was written since, nothing else tells.
            let in_manifest = path.extension().is_some_and(|kind| kind == "manifest");
            // A closed log ends with a mark: only what takes that away can hide anything.
            let takes_the_mark = matches!(damage, Damage::Cut | Damage::Piece(_));
            let may_hide = in_log && !is_closed || takes_the_mark;
            if !in_log && !in_manifest || !may_hide {
                return Err("a wrong answer: something is missing, or an error".to_owned());
            }
            if !states.contains(&found) {
                return Err("a wrong answer: it is no prefix of what was written".to_owned());
            }
            if !is_reported && !matches!(damage, Damage::Cut) {
                return Err("a prefix, and nobody is told".to_owned());
            }
            Ok(())
        }
    }
}
