//! A disk in memory that can lose power.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ferrisdb_core::{Access, File, FileLock, FileSystem};

use crate::crash::{self, CrashPlan};
use crate::disk::{Disk, Node, names_of};

/// A disk in memory that remembers what was synced, so that [`crash`](Self::crash) can forget
/// the rest.
///
/// A clone is another handle to the same disk: give one to the program under test and keep
/// the other. Paths are those of Unix; `db/wal` and `/db/wal` are the same. A file is at most
/// 1 GiB long.
///
/// ```
/// use std::path::Path;
/// use ferrisdb_core::FileSystem;
/// use ferrisdb_testkit::{CrashPlan, MemFs};
///
/// let fs = MemFs::new();
/// let file = fs.create(Path::new("/note"))?;
/// file.append_all(b"synced")?;
/// file.sync_data()?;
/// fs.sync_dir(Path::new("/"))?;
/// file.append_all(b", not synced")?;
///
/// let after = fs.crash(&CrashPlan::LoseAll);
/// assert_eq!(after.read("/note")?, b"synced");
/// let after = fs.crash(&CrashPlan::TearLastWrite(5));
/// assert_eq!(after.read("/note")?, b"synced, not");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct MemFs {
    disk: Arc<Mutex<Disk>>,
}

impl Default for MemFs {
    fn default() -> Self {
        Self::new()
    }
}

impl MemFs {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::from_disk(Disk::new())
    }

    fn from_disk(disk: Disk) -> Self {
        Self {
            disk: Arc::new(Mutex::new(disk)),
        }
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        lock(&self.disk)
    }

    /// The disk as the next boot finds it after a power cut now. This one stays as it is, so
    /// that the same moment can be tried with other plans.
    #[must_use]
    pub fn crash(&self, plan: &CrashPlan) -> Self {
        Self::from_disk(crash::crash(&self.disk(), plan))
    }

    /// The crash plans worth trying now: every named kind that makes a difference, tears of
    /// the last write, and `random` seeds. Never empty.
    #[must_use]
    pub fn crash_plans(&self, random: u64) -> Vec<CrashPlan> {
        crash::plans(&self.disk(), random)
    }

    /// Every outcome that a power cut now could have by whole sectors, or `None` if there are
    /// more than `max` to go through.
    #[must_use]
    pub fn every_crash(&self, max: u64) -> Option<Vec<CrashPlan>> {
        let disk = self.disk();
        let count = crash::outcomes(&disk).filter(|count| *count <= max)?;
        let possible = (0..count).filter(|n| crash::nth(&disk, *n).is_some());
        Some(possible.map(CrashPlan::Nth).collect())
    }

    /// An independent copy, unsynced changes included; nothing in it is locked.
    #[must_use]
    pub fn fork(&self) -> Self {
        let mut disk = self.disk().clone();
        disk.locks.clear();
        Self::from_disk(disk)
    }

    /// Makes everything durable, as if the machine had been idle for a minute.
    pub fn sync_all(&self) {
        self.disk().sync_all();
    }

    /// Whether everything is durable, so that a power cut now would change nothing.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        let disk = self.disk();
        disk.names.is_empty() && disk.files.values().all(crate::inode::Inode::is_synced)
    }

    /// Refuses all changes from now on, or allows them again.
    pub fn set_read_only(&self, read_only: bool) {
        self.disk().read_only = read_only;
    }

    /// The paths of all files, in all directories, sorted; without a leading slash.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let found = self.disk().walk().into_iter();
        found
            .filter(|(_, node)| matches!(node, Node::File(_)))
            .map(|(path, _)| path)
            .collect()
    }

    /// All bytes of a file as a reader sees them.
    pub fn read(&self, path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
        let mut disk = self.disk();
        let id = disk.find_file(path.as_ref())?;
        Ok(disk.file(id)?.bytes().to_vec())
    }

    /// Puts a durable file with these bytes under a durable name, in place of any other.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl Into<Vec<u8>>) -> io::Result<()> {
        let mut disk = self.disk();
        let path = path.as_ref();
        let mut names = names_of(path);
        names.pop();
        let parent: PathBuf = names.iter().collect();
        disk.create_dir(&parent)?;
        let id = match disk.find_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => disk.create_file(path)?,
            found => found?,
        };
        let mut directories: Vec<&Path> = parent.ancestors().collect();
        directories.reverse();
        for directory in directories {
            disk.sync_dir(directory)?;
        }
        *disk.file(id)? = crate::inode::Inode::durable(bytes.into());
        Ok(())
    }

    /// Flips one bit of a file, on the disk and in the machine's memory: bit rot.
    pub fn flip_bit(&self, path: impl AsRef<Path>, offset: u64, bit: u8) -> io::Result<()> {
        let mut disk = self.disk();
        let id = disk.find_file(path.as_ref())?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        if !disk.file(id)?.flip_bit(offset, bit) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    pub(crate) fn create_file(&self, path: &Path) -> io::Result<MemFile> {
        let id = self.disk().create_file(path)?;
        Ok(self.file(id, Access::ReadWrite))
    }

    /// What a power cut during `create_dir` may leave in part.
    pub(crate) fn create_dir_unsynced(&self, directory: &Path) -> io::Result<()> {
        self.disk().create_dir_unsynced(directory)
    }

    pub(crate) fn open_file(&self, path: &Path, access: Access) -> io::Result<MemFile> {
        let disk = self.disk();
        let id = disk.find_file(path)?;
        if access == Access::ReadWrite {
            disk.check_writable()?;
        }
        Ok(self.file(id, access))
    }

    fn file(&self, id: u64, access: Access) -> MemFile {
        MemFile {
            disk: Arc::clone(&self.disk),
            id,
            access,
        }
    }
}

impl FileSystem for MemFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(self.create_file(path)?))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        Ok(Box::new(self.open_file(path, access)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk().remove(path)
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk().hard_link(from, to)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.disk().list(directory)
    }

    fn create_dir(&self, directory: &Path) -> io::Result<()> {
        self.disk().create_dir(directory)
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.disk().sync_dir(directory)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn FileLock>> {
        let mut disk = self.disk();
        disk.check_writable()?;
        let id = match disk.find_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => disk.create_file(path)?,
            found => found?,
        };
        if !disk.locks.insert(id) {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(MemLock {
            disk: Arc::clone(&self.disk),
            id,
        }))
    }
}

impl fmt::Debug for MemFs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let disk = self.disk();
        let mut map = f.debug_map();
        for (path, node) in disk.walk() {
            if let Node::File(id) = node
                && let Some(inode) = disk.files.get(&id)
            {
                let synced = if inode.is_synced() {
                    ""
                } else {
                    ", not synced"
                };
                let size = inode.bytes().len();
                map.entry(&path, &format_args!("{size} bytes{synced}"));
            }
        }
        map.finish()
    }
}

/// A poisoned lock means that some test thread panicked; the disk itself is whole between any
/// two calls, and a second panic would only hide the first.
fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

struct MemLock {
    disk: Arc<Mutex<Disk>>,
    id: u64,
}

impl FileLock for MemLock {}

impl Drop for MemLock {
    fn drop(&mut self) {
        lock(&self.disk).locks.remove(&self.id);
    }
}

impl fmt::Debug for MemLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemLock").finish_non_exhaustive()
    }
}

/// An open file of a [`MemFs`].
pub(crate) struct MemFile {
    disk: Arc<Mutex<Disk>>,
    id: u64,
    access: Access,
}

impl MemFile {
    /// Forgets what is unsynced while readers still see it: what a failed sync did on Linux.
    pub(crate) fn forget_unsynced(&self) {
        if let Ok(inode) = lock(&self.disk).file(self.id) {
            inode.forget_unsynced();
        }
    }

    /// The disk, if this file may be changed.
    fn writable(&self) -> io::Result<MutexGuard<'_, Disk>> {
        if self.access == Access::Read {
            let message = "the file was opened for reading only";
            return Err(io::Error::new(ErrorKind::PermissionDenied, message));
        }
        let disk = lock(&self.disk);
        disk.check_writable()?;
        Ok(disk)
    }
}

impl File for MemFile {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut disk = lock(&self.disk);
        let bytes = disk.file(self.id)?.bytes();
        let start = usize::try_from(offset).map_or(bytes.len(), |start| start.min(bytes.len()));
        let size = buf.len().min(bytes.len() - start);
        buf[..size].copy_from_slice(&bytes[start..start + size]);
        Ok(size)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.writable()?;
        let number = disk.next_number();
        disk.file(self.id)?.write(number, offset, bytes)?;
        Ok(bytes.len())
    }

    fn append(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.writable()?;
        let number = disk.next_number();
        let file = disk.file(self.id)?;
        file.write(number, file.bytes().len() as u64, bytes)?;
        Ok(bytes.len())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(lock(&self.disk).file(self.id)?.bytes().len() as u64)
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        let mut disk = self.writable()?;
        let number = disk.next_number();
        disk.file(self.id)?.resize(number, size)
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        let mut disk = self.writable()?;
        let number = disk.next_number();
        let file = disk.file(self.id)?;
        if (file.bytes().len() as u64) < size {
            file.resize(number, size)?;
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        lock(&self.disk).file(self.id)?.sync();
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

impl fmt::Debug for MemFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemFile")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
