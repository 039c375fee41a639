//! The folder `.learn`: what `cargo learn` remembers and keeps safe.
//!
//! ```text
//!   .learn ─┬─ progress.toml             see `progress`
//!           ├─ base/03-wal/…             the cut that the learner's work began from
//!           ├─ backup/20261121-100331-reset/exercises/…
//!           └─ update.toml               an update under way, see `update`
//! ```
//!
//! Nothing of the learner's is overwritten before it lies in `backup`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::{IoContext, Result};

/// The paths below `.learn`.
#[derive(Debug, Clone)]
pub struct Kept {
    root: PathBuf,
}

impl Kept {
    /// The folder of the course at `root`; nothing is created before it is needed.
    pub fn new(root: &Path) -> Kept {
        Kept {
            root: root.to_owned(),
        }
    }

    /// `.learn/NAME`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(".learn").join(name)
    }

    /// The cut that the learner's work on a stage began from.
    pub fn base_dir(&self, stage: &str) -> PathBuf {
        self.path("base").join(stage)
    }

    /// Begins a backup. Nothing is written before the first [`Backup::keep`].
    pub fn backup(&self, reason: &str) -> Backup {
        let folder = self.path("backup");
        let name = format!("{}-{reason}", stamp());
        let mut dir = folder.join(&name);
        let mut number = 2;
        while dir.exists() {
            dir = folder.join(format!("{name}-{number}"));
            number += 1;
        }
        self.backup_at(dir)
    }

    /// Goes on with a backup that exists.
    pub fn backup_at(&self, dir: PathBuf) -> Backup {
        Backup {
            root: self.root.clone(),
            dir,
        }
    }
}

/// One folder of copies, each at its path from the course's root.
#[derive(Debug)]
pub struct Backup {
    root: PathBuf,
    /// Where the copies are.
    pub dir: PathBuf,
}

impl Backup {
    /// Copies a file of the course, if it exists. An earlier copy is never replaced.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let copy = self.copy_of(file);
        if !file.is_file() || copy.exists() {
            return Ok(());
        }
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent).context("create", parent)?;
        }
        let text = fs::read(file).context("read", file)?;
        write_atomic(&copy, &text)
    }

    /// Where the copy of a file is or would be.
    pub fn copy_of(&self, file: &Path) -> PathBuf {
        self.dir.join(file.strip_prefix(&self.root).unwrap_or(file))
    }

    /// The folder as shown to a person.
    pub fn shown(&self) -> String {
        shown(&self.dir, &self.root)
    }
}

/// A path from the course's root, with `/` on every system.
pub fn shown(path: &Path, root: &Path) -> String {
    super::failure::slashes(path.strip_prefix(root).unwrap_or(path))
}

/// Replaces a file so that at every moment it is the old one or the new one, whole.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).context("create", parent)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let fresh = path.with_file_name(name);
    let written = fs::File::create(&fresh).and_then(|mut file| {
        use std::io::Write as _;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    });
    if written.is_err() {
        // The old file is untouched; what is left over of the new one helps nobody.
        let _ = fs::remove_file(&fresh);
    }
    written.context("write", path)
}

/// Now, as `20261121-100331` in UTC: it sorts, and no file system objects to it.
#[expect(
    clippy::disallowed_methods,
    reason = "the name of a backup is for a person and never read back"
)]
fn stamp() -> String {
    let seconds = std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_secs());
    stamp_of(seconds)
}

fn stamp_of(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let time = seconds % 86_400;
    format!(
        "{year:04}{month:02}{day:02}-{:02}{:02}{:02}",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_as_a_date() {
        assert_eq!(stamp_of(0), "19700101-000000");
        assert_eq!(stamp_of(951_782_400), "20000229-000000");
        assert_eq!(stamp_of(1_795_255_411), "20261121-100331");
    }

    #[test]
    fn a_backup_never_replaces_an_earlier_copy() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("exercises/a.rs");
        write_atomic(&file, b"mine").unwrap();
        let backup = Kept::new(root.path()).backup("reset");
        backup.keep(&file).unwrap();
        write_atomic(&file, b"later").unwrap();
        backup.keep(&file).unwrap();
        assert_eq!(fs::read(backup.copy_of(&file)).unwrap(), b"mine");
        let again = Kept::new(root.path()).backup("reset");
        assert_ne!(
            again.dir, backup.dir,
            "two backups in one second have two folders"
        );
    }

    #[test]
    fn an_atomic_write_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b.toml");
        write_atomic(&path, b"1").unwrap();
        write_atomic(&path, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(fs::read_dir(root.path().join("a")).unwrap().count(), 1);
    }
}
