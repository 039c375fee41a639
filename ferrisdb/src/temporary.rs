//! A directory that goes when the program ends, by itself or by Ctrl-C.
//!
//! ```text
//!   a signal ──▶ its number is noted ──▶ a thread sees it, removes the directory, ends the program
//! ```
//!
//! Workloads cannot be interrupted, and need not be: their files are of no use to anybody.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, io, process, thread};

use ferrisdb_core::{Clock, SystemClock};
#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::{Result, cannot};

/// How long it takes until a signal is seen.
const TICK: Duration = Duration::from_millis(20);

/// How often it is tried to remove a directory into which threads still write.
const TRIES: usize = 100;

/// A directory that goes when the program ends, unless it is killed.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    /// The number of the signal that has come, or 0.
    signal: Arc<AtomicUsize>,
}

impl Temporary {
    pub(crate) fn new() -> Result<Self> {
        let base = std::env::temp_dir();
        let path = base.join(format!("ferrisdb-bench-{}", process::id()));
        fs::create_dir(&path).map_err(|error| cannot("create", &path, &error))?;
        let signal = Arc::new(AtomicUsize::new(0));
        let (gone, noted) = (path.clone(), Arc::clone(&signal));
        let watcher = thread::Builder::new().spawn(move || watch(&gone, &noted));
        // Without anybody who watches, signals end the program as they always did.
        if watcher.is_ok() {
            catch(&signal);
        }
        Ok(Self { path, signal })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Who has sent a signal does not want to hear what has failed since the directory went.
        while self.signal.load(Ordering::Relaxed) > 0 {
            thread::park();
        }
        // There is nobody left who could do better.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Has the number of a signal noted when it comes.
fn catch(noted: &Arc<AtomicUsize>) {
    let signals = [
        (SIGINT, 2),
        (SIGTERM, 15),
        #[cfg(unix)]
        (SIGHUP, 1),
    ];
    let ignored = ignored();
    for (signal, number) in signals {
        if ignored & (1 << (number - 1)) == 0 {
            // Where a signal cannot be caught, it ends the program as it always did.
            let _ = signal_hook::flag::register_usize(signal, Arc::clone(noted), number);
        }
    }
}

/// The signals that are ignored, a bit each, which they stay: `nohup` wants it so, and a shell for
/// what it runs in the background. Only Linux tells.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or(0)
}

/// Waits for a signal, and ends the program then, with the exit code that shells expect.
fn watch(path: &Path, signal: &AtomicUsize) {
    let number = loop {
        match signal.load(Ordering::Relaxed) {
            0 => SystemClock.sleep(TICK),
            number => break number,
        }
    };
    for _ in 0..TRIES {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => SystemClock.sleep(TICK),
            _ => break,
        }
    }
    process::exit(128 + i32::try_from(number).unwrap_or(0));
}
