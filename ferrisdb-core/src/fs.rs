//! The file system as the engine sees it.
//!
//! Every byte that FerrisDB reads or writes goes through these two traits, so that a test can
//! hand it a disk that fills up, forgets what was not synced, or loses power between any two
//! calls. [`OsFileSystem`](crate::OsFileSystem) is the real one.
//!
//! What survives a power cut, and what an implementation for tests may therefore forget:
//!
//! | what | survives after |
//! |---|---|
//! | bytes of a file | [`File::sync_data`] or [`File::sync`] on that file |
//! | a name (created, renamed, removed, linked) | [`FileSystem::sync_dir`] on its directory |
//!
//! A file whose bytes are synced but whose name is not can be gone after a power cut.

use std::fmt::Debug;
use std::io;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading only.
    Read,
    /// Reading and writing.
    ReadWrite,
}

/// Directories and names.
///
/// All calls may be made from any thread.
pub trait FileSystem: Debug + Send + Sync {
    /// Creates a new, empty file for reading and writing. Fails with
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if the name is taken.
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>>;

    /// Opens a file that exists. Fails with [`NotFound`](io::ErrorKind::NotFound) otherwise.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>>;

    /// Gives a file a new name in one step, replacing a file that had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name. Whoever has the file open can go on using it.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Gives a file a second name. Fails if that name is taken.
    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// The paths of everything in a directory, sorted.
    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>>;

    /// Creates a directory and the ones above it; fine if it exists already. The names of the
    /// directories that this creates are durable when it returns.
    fn create_dir(&self, directory: &Path) -> io::Result<()>;

    /// Makes the names in a directory durable.
    ///
    /// On Windows, where a directory cannot be synced, this does nothing: NTFS journals names.
    fn sync_dir(&self, directory: &Path) -> io::Result<()>;

    /// Locks a file, creating it if need be, until the returned guard is dropped or the process
    /// ends. Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if another guard holds it.
    ///
    /// [`OsFileSystem`](crate::OsFileSystem) writes into the file who that is, for people:
    /// `process 4711, since 2026-03-01T09:30:00Z`.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn FileLock>>;
}

/// A lock on a file that lasts as long as this value.
pub trait FileLock: Debug + Send + Sync {}

/// An open file.
///
/// Positions and lengths are in bytes. All calls may be made from any thread; a writer that
/// needs an order between its writes makes them from one thread.
pub trait File: Debug + Send + Sync {
    /// Reads up to `buf.len()` bytes at `offset`; 0 means the end of the file.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Like [`read_at`](Self::read_at) into memory that holds nothing yet, and returns the part
    /// of `buf` that was filled.
    ///
    /// A file system that can read into such memory directly saves clearing it first.
    fn read_uninit_at<'b>(
        &self,
        offset: u64,
        buf: &'b mut [MaybeUninit<u8>],
    ) -> io::Result<&'b mut [u8]> {
        let mut bytes = vec![0; buf.len()];
        let len = self.read_at(offset, &mut bytes)?;
        Ok(buf[..len].write_copy_of_slice(&bytes[..len]))
    }

    /// Writes some of `bytes` at `offset`, growing the file if need be, and returns how many.
    /// A gap between the old end and `offset` reads as zeros.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// Writes some of `bytes` at the end of the file and returns how many.
    fn append(&self, bytes: &[u8]) -> io::Result<usize>;

    /// The length of the file.
    fn size(&self) -> io::Result<u64>;

    /// Cuts the file to `size` bytes, or grows it with zeros.
    fn truncate(&self, size: u64) -> io::Result<()>;

    /// Reserves disk space for the first `size` bytes and makes the file at least that long;
    /// new bytes read as zeros.
    fn allocate(&self, size: u64) -> io::Result<()>;

    /// Makes the file's bytes and length durable.
    fn sync_data(&self) -> io::Result<()>;

    /// Makes the file's bytes and everything else about it (times, permissions) durable.
    fn sync(&self) -> io::Result<()>;

    /// Fills `buf` from `offset`; fails with [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if
    /// the file ends before that.
    fn read_exact_at(&self, mut offset: u64, mut buf: &mut [u8]) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(offset, buf) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = &mut buf[n..];
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all of `bytes` at `offset`, in as many calls as it takes.
    fn write_all_at(&self, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write_at(offset, bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    bytes = &bytes[n..];
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all of `bytes` at the end of the file, in as many calls as it takes.
    fn append_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.append(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => bytes = &bytes[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
