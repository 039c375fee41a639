//! What a power cut leaves behind.
//!
//! Between two syncs a disk may keep any of what was done, in any order. [`CrashPlan`] names
//! one of the possible outcomes. A plan is short, prints well, and means the same whenever it
//! is applied to the same state, so a failing test can be repeated from its message.

use std::collections::BTreeMap;
use std::fmt;
use std::iter;
use std::path::PathBuf;

use ferrisdb_core::{Random, SeededRandom};

use crate::disk::{Disk, Node};
use crate::inode::Versions;

/// One way in which a power cut can leave the disk.
///
/// What was synced survives in every one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrashPlan {
    /// Nothing that was not synced survives.
    LoseAll,
    /// Everything survives, synced or not.
    KeepAll,
    /// All bytes survive, but no name that was not synced.
    LoseNames,
    /// All names survive, but no byte that was not synced: new files are empty.
    LoseBytes,
    /// All names survive, and of the unsynced bytes only those of this file: later writes
    /// to it came before earlier writes to others.
    KeepOnly(PathBuf),
    /// All names survive, and all unsynced bytes but those of this file.
    LoseOnly(PathBuf),
    /// Everything survives, but of the newest unsynced write only the first so many bytes.
    TearLastWrite(usize),
    /// Every unsynced name change, and every sector of every file, decides by chance which
    /// moment since the last sync it shows. The number is the seed.
    Random(u64),
    /// The n-th of all possible outcomes, as [`MemFs::every_crash`](crate::MemFs::every_crash)
    /// counts them.
    Nth(u64),
}

impl fmt::Display for CrashPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoseAll => f.write_str("everything unsynced is lost"),
            Self::KeepAll => f.write_str("everything survives"),
            Self::LoseNames => f.write_str("unsynced names are lost, all bytes survive"),
            Self::LoseBytes => f.write_str("unsynced bytes are lost, all names survive"),
            Self::KeepOnly(path) => {
                write!(f, "unsynced bytes survive in {} only", path.display())
            }
            Self::LoseOnly(path) => write!(f, "unsynced bytes are lost in {} only", path.display()),
            Self::TearLastWrite(size) => {
                write!(f, "the last write is torn after {size} of its bytes")
            }
            Self::Random(seed) => write!(f, "a random part survives (seed {seed})"),
            Self::Nth(n) => write!(f, "a part survives (outcome {n} of all possible)"),
        }
    }
}

/// The disk as the next boot finds it.
pub(crate) fn crash(disk: &Disk, plan: &CrashPlan) -> Disk {
    let only = |path: &PathBuf| disk.find_file(path).ok();
    match plan {
        CrashPlan::LoseAll => by_file(disk, false, |_| false),
        CrashPlan::KeepAll => by_file(disk, true, |_| true),
        CrashPlan::LoseNames => by_file(disk, false, |_| true),
        CrashPlan::LoseBytes => by_file(disk, true, |_| false),
        CrashPlan::KeepOnly(path) => by_file(disk, true, |id| only(path) == Some(id)),
        CrashPlan::LoseOnly(path) => by_file(disk, true, |id| only(path) != Some(id)),
        CrashPlan::TearLastWrite(size) => {
            let mut disk = disk.clone();
            tear_last_write(&mut disk, *size);
            by_file(&disk, true, |_| true)
        }
        CrashPlan::Random(seed) => random(disk.clone(), &mut SeededRandom::new(*seed)),
        // A number that stands for no outcome keeps everything, like the number after the last.
        CrashPlan::Nth(n) => nth(disk, *n).unwrap_or_else(|| by_file(disk, true, |_| true)),
    }
}

/// All name changes or none, and of each file all of its bytes or only the durable ones.
fn by_file(disk: &Disk, names: bool, keep_bytes: impl Fn(u64) -> bool) -> Disk {
    let keep_names = vec![names; disk.names.len()];
    disk.after_crash(&keep_names, |id, inode| {
        if keep_bytes(id) {
            inode.image(&inode.newest())
        } else {
            inode.image(&Versions::default())
        }
    })
}

/// `pick` chooses one of the versions of each length and sector, in a fixed order.
fn by_sector(disk: &Disk, keep: &[bool], mut pick: impl FnMut(&[usize]) -> usize) -> Disk {
    let mut images = BTreeMap::new();
    for (id, inode) in &disk.files {
        let choices = inode.choices();
        let length = pick(&choices.length);
        let sectors = choices.sectors.iter();
        let sectors = sectors.map(|(sector, versions)| (*sector, pick(versions)));
        let versions = Versions {
            length,
            sectors: sectors.collect(),
        };
        images.insert(*id, inode.image(&versions));
    }
    disk.after_crash(keep, |id, _| images.remove(&id).unwrap_or_default())
}

fn last_writer(disk: &Disk) -> Option<(u64, usize)> {
    let writes = disk.files.iter().filter_map(|(id, inode)| {
        let (number, size) = inode.last_write()?;
        Some((number, *id, size))
    });
    writes.max().map(|(_, id, size)| (id, size))
}

fn tear_last_write(disk: &mut Disk, size: usize) {
    if let Some((id, _)) = last_writer(disk)
        && let Some(inode) = disk.files.get_mut(&id)
    {
        inode.tear_last_write(size);
    }
}

fn random(mut disk: Disk, random: &mut SeededRandom) -> Disk {
    if random.below(4) == 0
        && let Some((_, size)) = last_writer(&disk)
    {
        tear_last_write(&mut disk, below(random, size + 1));
    }
    // Mostly everything, mostly nothing, or half and half: each finds other mistakes.
    let odds = [1, 4, 7][below(random, 3)];
    let mut keep: Vec<bool> = disk.names.iter().map(|_| random.below(8) < odds).collect();
    disk.add_required(&mut keep);
    by_sector(&disk, &keep, |versions| match random.below(8) {
        n if n < odds => versions[versions.len() - 1],
        7 => versions[0],
        _ => versions[below(random, versions.len())],
    })
}

fn below(random: &mut SeededRandom, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap_or(0)
}

/// How many outcomes there are, counting some that are impossible and skipped; `None` if they
/// do not fit into 64 bits.
pub(crate) fn outcomes(disk: &Disk) -> Option<u64> {
    let names = u32::try_from(disk.names.len()).ok()?;
    let mut count = 1_u64.checked_shl(names)?;
    for inode in disk.files.values() {
        let choices = inode.choices();
        for versions in iter::once(&choices.length).chain(choices.sectors.values()) {
            count = count.checked_mul(versions.len() as u64)?;
        }
    }
    Some(count)
}

/// The n-th outcome: `n` read as a number whose digits are the choices. `None` if there are
/// not so many, or if the name changes chosen cannot survive without another.
pub(crate) fn nth(disk: &Disk, mut n: u64) -> Option<Disk> {
    let mut digit = |base: usize| {
        let digit = n % base as u64;
        n /= base as u64;
        usize::try_from(digit).unwrap_or(0)
    };
    let keep: Vec<bool> = disk.names.iter().map(|_| digit(2) == 1).collect();
    let outcome = by_sector(disk, &keep, |versions| versions[digit(versions.len())]);
    let mut with_required = keep.clone();
    disk.add_required(&mut with_required);
    (n == 0 && with_required == keep).then_some(outcome)
}

/// The plans worth trying on a state: each named kind that makes a difference, tears at every
/// byte of a short last write and at the telling ones of a long one, and `random` seeds.
pub(crate) fn plans(disk: &Disk, random: u64) -> Vec<CrashPlan> {
    let dirty: Vec<PathBuf> = disk
        .walk()
        .into_iter()
        .filter_map(|(path, node)| match node {
            Node::File(id) => {
                let inode = disk.files.get(&id)?;
                (!inode.is_synced()).then_some(path)
            }
            Node::Directory(_) => None,
        })
        .collect();
    let mut plans = vec![CrashPlan::LoseAll];
    if disk.names.is_empty() && dirty.is_empty() {
        return plans;
    }
    plans.push(CrashPlan::KeepAll);
    if !disk.names.is_empty() && !dirty.is_empty() {
        plans.extend([CrashPlan::LoseNames, CrashPlan::LoseBytes]);
    }
    if dirty.len() > 1 {
        for path in dirty {
            plans.push(CrashPlan::KeepOnly(path.clone()));
            plans.push(CrashPlan::LoseOnly(path));
        }
    }
    if let Some((_, size)) = last_writer(disk) {
        plans.extend(tears(size).into_iter().map(CrashPlan::TearLastWrite));
    }
    plans.extend((0..random).map(CrashPlan::Random));
    plans
}

/// Where to tear a write of `size` bytes: anywhere in a short one; in a long one near its ends
/// and at some places between.
fn tears(size: usize) -> Vec<usize> {
    let telling = |at: &usize| *at < 32 || size - at <= 32 || at.is_multiple_of(97);
    (0..size).filter(telling).collect()
}
