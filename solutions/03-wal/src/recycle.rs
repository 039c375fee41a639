//! *Given.* Files for new segments: laid out in advance, or used before.
//!
//! A sync of a file that has grown also writes the file's new length and the places of its new
//! blocks. In a file whose bytes were written before, there is nothing but the bytes to write.
//! So a retired segment is not removed but kept as a *spare*, `0000000001.spare`, and becomes the
//! next segment: renamed, and written over from its header on.
//!
//! What keeps its old records from coming back:
//!
//! 1. A record's checksum covers the number of its segment, and all numbers that a spare's bytes
//!    can carry lie below the one that it gets. To keep it so, only segments that were retired
//!    since the log was opened become spares. What a crash leaves may hold records of numbers
//!    that the log will give out again, and is removed.
//! 2. A segment is retired only when nobody needs it any more, not even after a power cut that
//!    undoes the renaming and leaves the new bytes under the old name.
//!
//! The writer sees this as a file system in which removing and creating a segment cost less.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ferrisdb_core::{Access, Environment, File, FileLock, FileSystem, IoContext};

use crate::{Options, Result, SegmentFile, segment};

/// The environment in which segments are created and removed as the options say.
pub(crate) fn environment(environment: &Environment, options: &Options) -> Environment {
    let mut environment = environment.clone();
    environment.fs = Arc::new(Recycler {
        fs: environment.fs,
        size: segment::size_max(options),
        preallocate: options.preallocate,
        spares_max: options.spares_max,
        spares: Mutex::default(),
    });
    environment
}

/// Removes what nobody needs and a crash may have left: segments, oldest first, and spares.
pub(crate) fn remove_leftovers(
    fs: &dyn FileSystem,
    directory: &Path,
    unneeded: &[SegmentFile],
) -> Result<()> {
    for SegmentFile { path, .. } in unneeded {
        fs.remove(path).context("remove", path)?;
    }
    for path in fs.list(directory).context("list", directory)? {
        let segment = SegmentFile::from_path(&path.with_extension("wal"));
        if segment.is_some_and(|segment| spare_path(&segment.path) == path) {
            fs.remove(&path).context("remove", &path)?;
        }
    }
    Ok(())
}

/// Makes a file `size` bytes long if it is shorter, and if that is wanted.
///
/// The log works without it: where there is no such space, or not in advance, the file grows with
/// each write.
pub(crate) fn lay_out(file: &dyn File, wanted: bool, size: u64) -> io::Result<()> {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull, Unsupported};
    if !wanted {
        return Ok(());
    }
    file.allocate(size).or_else(|error| match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge | Unsupported => Ok(()),
        _ => Err(error),
    })
}

/// The name of a segment as a spare.
fn spare_path(segment: &Path) -> PathBuf {
    segment.with_extension("spare")
}

/// The file system of a writer, for segments only.
#[derive(Debug)]
struct Recycler {
    fs: Arc<dyn FileSystem>,
    /// The size of a new segment, in bytes.
    size: u64,
    preallocate: bool,
    spares_max: usize,
    /// The paths of the spares.
    spares: Mutex<Vec<PathBuf>>,
}

impl Recycler {
    /// A panic under this lock leaves a list of paths, at worst without one of them.
    fn spares(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileSystem for Recycler {
    /// Makes a spare the new segment, if there is one. Its bytes stay as they are: whoever
    /// created it finds out from its size.
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let spare = self.spares().pop();
        let file = if let Some(spare) = spare {
            self.fs.rename(&spare, path)?;
            let file = self.fs.open(path, Access::ReadWrite)?;
            // A segment that held one large batch is not to stay large for ever.
            file.truncate(file.size()?.min(self.size))?;
            file
        } else {
            self.fs.create(path)?
        };
        lay_out(&*file, self.preallocate, self.size)?;
        Ok(file)
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        self.fs.open(path, access)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.fs.rename(from, to)
    }

    /// Makes a segment a spare, unless there are enough.
    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut spares = self.spares();
        if spares.len() >= self.spares_max || SegmentFile::from_path(path).is_none() {
            return self.fs.remove(path);
        }
        let spare = spare_path(path);
        self.fs.rename(path, &spare)?;
        spares.push(spare);
        Ok(())
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.fs.hard_link(from, to)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.fs.list(directory)
    }

    fn create_dir(&self, directory: &Path) -> io::Result<()> {
        self.fs.create_dir(directory)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.fs.sync_dir(directory)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn FileLock>> {
        self.fs.lock(path)
    }
}
