//! The bytes of one file: what is durable, what is not yet, and what a reader sees.
//!
//! A disk writes sectors of 512 bytes whole, in any order, whenever it likes, and each as the
//! memory of the machine holds it at that moment. So after a power cut each sector, and the
//! length, shows the file as it was at *some* moment since the last sync, each its own. This
//! module calls such a moment a *version*: version 0 is the durable file, version `n` is the
//! file after the first `n` unsynced changes.

use std::collections::BTreeMap;
use std::io;

/// What a disk writes whole or not at all.
pub const SECTOR_SIZE: usize = 512;

/// The longest file: 1 GiB, so that a wild offset is an error and not an allocation.
const FILE_SIZE_MAX: u64 = 1 << 30;

#[derive(Debug, Clone, Default)]
pub(crate) struct Inode {
    /// What a reader sees.
    now: Vec<u8>,
    /// What is certain to survive.
    durable: Vec<u8>,
    /// What happened to `durable` since, oldest first.
    unsynced: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Change {
    /// Its place in the order of all changes on the disk.
    number: u64,
    kind: ChangeKind,
}

#[derive(Debug, Clone)]
enum ChangeKind {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { size: usize },
}

/// Which version of a file's length and of each of its sectors a crash leaves behind.
///
/// Sectors that are not named have version 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    pub(crate) length: usize,
    pub(crate) sectors: BTreeMap<usize, usize>,
}

/// Everything that a crash may choose from, in one file.
#[derive(Debug)]
pub(crate) struct Choices {
    /// The versions in which the length differs from the one before, and version 0.
    pub(crate) length: Vec<usize>,
    /// The same for each sector that was touched.
    pub(crate) sectors: BTreeMap<usize, Vec<usize>>,
}

/// Checks that a file may be that long.
pub(crate) fn file_size(offset: u64, len: usize) -> io::Result<usize> {
    let end = offset.saturating_add(len as u64);
    match usize::try_from(end) {
        Ok(size) if end <= FILE_SIZE_MAX => Ok(size),
        _ => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

impl Inode {
    /// A file whose bytes are all durable.
    pub(crate) fn durable(bytes: Vec<u8>) -> Self {
        Self {
            now: bytes.clone(),
            durable: bytes,
            unsynced: Vec::new(),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.now
    }

    pub(crate) fn write(&mut self, number: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        file_size(offset, bytes.len())?;
        let kind = ChangeKind::Write {
            offset: file_size(offset, 0)?,
            bytes: bytes.to_vec(),
        };
        self.change(number, kind);
        Ok(())
    }

    pub(crate) fn resize(&mut self, number: u64, size: u64) -> io::Result<()> {
        let size = file_size(size, 0)?;
        self.change(number, ChangeKind::Resize { size });
        Ok(())
    }

    fn change(&mut self, number: u64, kind: ChangeKind) {
        kind.apply(&mut self.now);
        self.unsynced.push(Change { number, kind });
    }

    /// Makes everything durable.
    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.kind.apply(&mut self.durable);
        }
    }

    /// What a failed sync did on Linux for years: the changes are forgotten and will never
    /// reach the disk, while readers still see them and the next sync finds nothing to do.
    pub(crate) fn forget_unsynced(&mut self) {
        self.unsynced.clear();
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.unsynced.is_empty()
    }

    /// Flips one bit wherever the byte is kept. False if the file is not that long.
    pub(crate) fn flip_bit(&mut self, offset: usize, bit: u8) -> bool {
        let mask = 1_u8 << (bit % 8);
        let Some(byte) = self.now.get_mut(offset) else {
            return false;
        };
        *byte ^= mask;
        if let Some(byte) = self.durable.get_mut(offset) {
            *byte ^= mask;
        }
        for change in &mut self.unsynced {
            if let ChangeKind::Write {
                offset: start,
                bytes,
            } = &mut change.kind
                && let Some(byte) = offset
                    .checked_sub(*start)
                    .and_then(|index| bytes.get_mut(index))
            {
                *byte ^= mask;
            }
        }
        true
    }

    /// The number and size of the newest unsynced write.
    pub(crate) fn last_write(&self) -> Option<(u64, usize)> {
        let sizes = self.unsynced.iter().map(|change| match &change.kind {
            ChangeKind::Write { bytes, .. } => Some((change.number, bytes.len())),
            ChangeKind::Resize { .. } => None,
        });
        sizes.flatten().last()
    }

    /// Cuts the newest unsynced write down to its first `size` bytes.
    pub(crate) fn tear_last_write(&mut self, size: usize) {
        let is_write = |change: &Change| matches!(change.kind, ChangeKind::Write { .. });
        let Some(index) = self.unsynced.iter().rposition(is_write) else {
            return;
        };
        if size == 0 {
            self.unsynced.remove(index);
        } else if let ChangeKind::Write { bytes, .. } = &mut self.unsynced[index].kind {
            bytes.truncate(size);
        }
    }

    pub(crate) fn choices(&self) -> Choices {
        let mut choices = Choices {
            length: vec![0],
            sectors: BTreeMap::new(),
        };
        let mut size = self.durable.len();
        for (index, change) in self.unsynced.iter().enumerate() {
            let version = index + 1;
            let (touched, size_after) = change.kind.effect(size);
            if size_after != size {
                choices.length.push(version);
            }
            if !touched.is_empty() {
                for sector in touched.start / SECTOR_SIZE..=(touched.end - 1) / SECTOR_SIZE {
                    let versions = choices.sectors.entry(sector).or_insert_with(|| vec![0]);
                    versions.push(version);
                }
            }
            size = size_after;
        }
        choices
    }

    /// The newest version of everything.
    pub(crate) fn newest(&self) -> Versions {
        let choices = self.choices();
        let newest = |versions: &Vec<usize>| versions.last().copied().unwrap_or(0);
        Versions {
            length: newest(&choices.length),
            sectors: choices
                .sectors
                .iter()
                .map(|(sector, versions)| (*sector, newest(versions)))
                .collect(),
        }
    }

    /// The file as a crash leaves it that kept these versions.
    pub(crate) fn image(&self, versions: &Versions) -> Vec<u8> {
        let mut size = self.durable.len();
        for change in &self.unsynced[..versions.length.min(self.unsynced.len())] {
            size = change.kind.effect(size).1;
        }
        let mut image = self.durable.clone();
        image.resize(size, 0);
        for (&sector, &version) in &versions.sectors {
            let start = sector * SECTOR_SIZE;
            if start >= size {
                break;
            }
            let end = size.min(start + SECTOR_SIZE);
            image[start..end].copy_from_slice(&self.sector(start, version)[..end - start]);
        }
        image
    }

    /// One sector after the first `version` changes; zeros after the end of the file.
    fn sector(&self, start: usize, version: usize) -> [u8; SECTOR_SIZE] {
        let mut sector = [0; SECTOR_SIZE];
        overlay(&mut sector, start, 0, &self.durable);
        for change in &self.unsynced[..version.min(self.unsynced.len())] {
            match &change.kind {
                ChangeKind::Write { offset, bytes } => overlay(&mut sector, start, *offset, bytes),
                ChangeKind::Resize { size } => {
                    let keep = size.saturating_sub(start).min(SECTOR_SIZE);
                    sector[keep..].fill(0);
                }
            }
        }
        sector
    }
}

/// Copies the part of `bytes` (which lie at `offset` of the file) that falls into the sector.
fn overlay(sector: &mut [u8], sector_start: usize, offset: usize, bytes: &[u8]) {
    let from = offset.max(sector_start);
    let to = (offset + bytes.len()).min(sector_start + sector.len());
    if from < to {
        sector[from - sector_start..to - sector_start]
            .copy_from_slice(&bytes[from - offset..to - offset]);
    }
}

impl ChangeKind {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Self::Resize { size } => file.resize(*size, 0),
        }
    }

    /// The bytes whose content it changes in a file of `size` bytes, and the size after it.
    fn effect(&self, size: usize) -> (std::ops::Range<usize>, usize) {
        match self {
            Self::Write { bytes, .. } if bytes.is_empty() => (0..0, size),
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                (*offset..end, size.max(end))
            }
            Self::Resize { size: after } => ((*after).min(size)..size, *after),
        }
    }
}
