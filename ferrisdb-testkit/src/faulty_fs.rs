//! A disk on which things go wrong when a test says so.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ferrisdb_core::{Access, Environment, File, FileLock, FileSystem};

use crate::clock::ManualClock;
use crate::crash::CrashPlan;
use crate::faults::{Control, Fault, Io, IoKind, Transfer, When};
use crate::mem_fs::{MemFile, MemFs};

/// A [`MemFs`] that counts and logs every operation, and fails those that it is told to.
///
/// Operations are numbered from 0. A clone is another handle to the same disk and the same
/// script. The usual loop cuts the power at every operation that changes the disk:
///
/// ```
/// use std::path::Path;
/// use ferrisdb_core::FileSystem;
/// use ferrisdb_testkit::{FaultyFs, MemFs};
///
/// fn program(fs: &FaultyFs) -> std::io::Result<()> {
///     let file = fs.create(Path::new("/note"))?;
///     file.append_all(b"hello")?;
///     file.sync_data()?;
///     fs.sync_dir(Path::new("/"))
/// }
///
/// let whole = FaultyFs::new(MemFs::new());
/// program(&whole)?;
/// for cut in whole.changes() {
///     let fs = FaultyFs::new(MemFs::new());
///     fs.cut_power_at(cut);
///     program(&fs).expect_err("the power went off");
///     for plan in fs.disk().crash_plans(3) {
///         let after = fs.crash(&plan);
///         // … open it again and check that nothing is missing …
///         assert!(after.read("/note").unwrap_or_default().len() <= 5, "{plan}");
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct FaultyFs {
    disk: MemFs,
    control: Arc<Mutex<Control>>,
}

impl FaultyFs {
    /// Nothing goes wrong yet on this disk.
    #[must_use]
    pub fn new(disk: MemFs) -> Self {
        Self {
            disk,
            control: Arc::default(),
        }
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        lock(&self.control)
    }

    /// An environment with this disk, and a clock on which everything measured takes 1 µs.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment {
            fs: Arc::new(self.clone()),
            clock: Arc::new(ManualClock::ticking(0, Duration::from_micros(1))),
        }
    }

    /// The disk below, on which everything always works.
    #[must_use]
    pub fn disk(&self) -> &MemFs {
        &self.disk
    }

    /// The disk as the next boot finds it; see [`MemFs::crash`].
    #[must_use]
    pub fn crash(&self, plan: &CrashPlan) -> MemFs {
        self.disk.crash(plan)
    }

    /// Adds a fault to the script. Where two apply to one operation, the earlier added wins.
    pub fn inject(&self, when: When, fault: Fault) {
        self.control().inject(when, fault);
    }

    /// The operation with this number and all later ones fail. What the operation would have
    /// done may have reached the disk in part: [`CrashPlan`] decides.
    pub fn cut_power_at(&self, operation: u64) {
        self.inject(When::Operation(operation), Fault::PowerCut);
    }

    /// From now on each operation fails with a chance of one in `one_in`: power cuts, errors,
    /// short transfers, syncs that lose their data. The same seed gives the same faults.
    pub fn inject_by_chance(&self, seed: u64, one_in: u64) {
        self.control().by_chance(seed, one_in);
    }

    /// Files can grow by this many more bytes together, then the disk is full.
    pub fn set_space(&self, bytes: u64) {
        self.control().space = Some(bytes);
    }

    /// Forgets all faults that have not struck yet. Power that is off stays off.
    pub fn clear_faults(&self) {
        self.control().clear();
    }

    /// Whether the power was cut.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.control().power_off.is_some()
    }

    /// How many operations there were, which is the number of the next one.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.control().log.len() as u64
    }

    /// Everything that was done, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Io> {
        self.control().log.clone()
    }

    /// The numbers of the operations that change or sync the disk: where cutting the power
    /// makes a difference.
    #[must_use]
    pub fn changes(&self) -> Vec<u64> {
        let control = self.control();
        let changes = control.log.iter().filter(|io| io.kind.changes_disk());
        changes.map(|io| io.number).collect()
    }

    fn name<T>(
        &self,
        kind: IoKind,
        path: &Path,
        act: impl FnOnce(&MemFs) -> io::Result<T>,
    ) -> io::Result<T> {
        self.control()
            .run(Io::on(kind, path), |_, _| act(&self.disk))
    }

    fn faulty(&self, inner: MemFile, path: &Path) -> Box<dyn File> {
        Box::new(FaultyFile {
            inner,
            path: path.to_owned(),
            control: Arc::clone(&self.control),
        })
    }
}

impl FileSystem for FaultyFs {
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let file = self.name(IoKind::Create, path, |disk| disk.create_file(path))?;
        Ok(self.faulty(file, path))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        let file = self.name(IoKind::Open, path, |disk| disk.open_file(path, access))?;
        Ok(self.faulty(file, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut io = Io::on(IoKind::Rename, from);
        io.to = Some(to.to_owned());
        self.control().run(io, |_, _| self.disk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.name(IoKind::Remove, path, |disk| disk.remove(path))
    }

    fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut io = Io::on(IoKind::Link, from);
        io.to = Some(to.to_owned());
        self.control().run(io, |_, _| self.disk.hard_link(from, to))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.name(IoKind::List, directory, |disk| disk.list(directory))
    }

    fn create_dir(&self, directory: &Path) -> io::Result<()> {
        let io = Io::on(IoKind::CreateDir, directory);
        self.control().run(io, |_, transfer| match transfer {
            Transfer::Cut => self.disk.create_dir_unsynced(directory),
            _ => self.disk.create_dir(directory),
        })
    }

    fn sync_dir(&self, directory: &Path) -> io::Result<()> {
        self.name(IoKind::SyncDir, directory, |disk| disk.sync_dir(directory))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn FileLock>> {
        self.name(IoKind::Lock, path, |disk| disk.lock(path))
    }
}

impl fmt::Debug for FaultyFs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operations = self.operations();
        f.debug_struct("FaultyFs")
            .field("disk", &self.disk)
            .field("operations", &operations)
            .finish_non_exhaustive()
    }
}

fn lock(control: &Mutex<Control>) -> MutexGuard<'_, Control> {
    control.lock().unwrap_or_else(PoisonError::into_inner)
}

struct FaultyFile {
    inner: MemFile,
    path: PathBuf,
    control: Arc<Mutex<Control>>,
}

impl FaultyFile {
    fn io(&self, kind: IoKind, offset: u64, size: u64) -> Io {
        Io {
            offset,
            size,
            ..Io::on(kind, &self.path)
        }
    }

    /// One write; `at` is `None` at the end of the file.
    fn transfer(&self, at: Option<u64>, bytes: &[u8]) -> io::Result<usize> {
        let mut control = lock(&self.control);
        let end = self.inner.size()?;
        let offset = at.unwrap_or(end);
        let io = self.io(IoKind::Write, offset, bytes.len() as u64);
        control.run(io, |control, transfer| {
            let wanted = transfer.limit(bytes.len());
            let size = control.take_space(end, offset, wanted)?;
            self.inner.write_at(offset, &bytes[..size])
        })
    }

    fn sync_with(&self, kind: IoKind) -> io::Result<()> {
        let io = self.io(kind, 0, 0);
        lock(&self.control).run(io, |_, transfer| {
            if transfer == Transfer::Lost {
                self.inner.forget_unsynced();
                return Ok(());
            }
            self.inner.sync()
        })
    }

    /// Truncate and allocate, which both may grow the file to `size`.
    fn resize(&self, kind: IoKind, size: u64) -> io::Result<()> {
        let mut control = lock(&self.control);
        let end = self.inner.size()?;
        control.run(self.io(kind, size, 0), |control, _| {
            let growth = usize::try_from(size.saturating_sub(end)).unwrap_or(usize::MAX);
            control.need_space(growth)?;
            match kind {
                IoKind::Allocate => self.inner.allocate(size),
                _ => self.inner.truncate(size),
            }
        })
    }
}

impl File for FaultyFile {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let io = self.io(IoKind::Read, offset, buf.len() as u64);
        lock(&self.control).run(io, |_, transfer| {
            let size = transfer.limit(buf.len());
            self.inner.read_at(offset, &mut buf[..size])
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(Some(offset), bytes)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(None, bytes)
    }

    fn size(&self) -> io::Result<u64> {
        lock(&self.control).run(self.io(IoKind::Size, 0, 0), |_, _| self.inner.size())
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.resize(IoKind::Truncate, size)
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        self.resize(IoKind::Allocate, size)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync_with(IoKind::SyncData)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_with(IoKind::Sync)
    }
}

impl fmt::Debug for FaultyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FaultyFile").field(&self.path).finish()
    }
}
