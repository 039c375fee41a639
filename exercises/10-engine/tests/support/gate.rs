//! A file system whose reads can be held up.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ferrisdb_core::{Access, Environment, File, FileLock, FileSystem};
use ferrisdb_testkit::FaultyFs;

/// As long as it is shut, every read waits.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) is_shut: AtomicBool,
    /// Whether a read has waited.
    pub(crate) is_reached: AtomicBool,
}

impl Gate {
    /// That of a disk, whose reads go through this gate.
    pub(crate) fn environment(self: &Arc<Self>, fs: &FaultyFs) -> Environment {
        let environment = fs.environment();
        let gated = GatedFs {
            fs: Arc::clone(&environment.fs),
            gate: Arc::clone(self),
        };
        Environment {
            fs: Arc::new(gated),
            ..environment
        }
    }
}

#[derive(Debug)]
struct GatedFs {
    fs: Arc<dyn FileSystem>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct GatedFile {
    file: Box<dyn File>,
    gate: Arc<Gate>,
}

impl FileSystem for GatedFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.fs.create(path)
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        let file = self.fs.open(path, access)?;
        let gate = Arc::clone(&self.gate);
        Ok(Box::new(GatedFile { file, gate }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.fs.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.fs.remove(path)
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

impl File for GatedFile {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        while self.gate.is_shut.load(Ordering::Relaxed) {
            self.gate.is_reached.store(true, Ordering::Relaxed);
            thread::yield_now();
        }
        self.file.read_at(offset, buf)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(offset, bytes)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<usize> {
        self.file.append(bytes)
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.file.truncate(size)
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        self.file.allocate(size)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync()
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
