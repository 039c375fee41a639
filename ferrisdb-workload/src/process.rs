//! What this process and its files take, as far as the operating system tells.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::{Error, Result};

/// The most memory that was in use since [`forget_peak`], in bytes.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kib: u64 = field(&status, "VmHWM:")?;
    Some(kib << 10)
}

/// Counts the peak from here on. Where that is not possible it stays that of the whole process.
pub(crate) fn forget_peak() {
    // What this leaves undone is a less exact figure.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// How many bytes this process has handed to the operating system to be written.
pub(crate) fn written() -> Option<u64> {
    field(&fs::read_to_string("/proc/self/io").ok()?, "wchar:")
}

/// How long this process has kept processors busy, with all its threads, in seconds.
#[cfg(unix)]
#[expect(
    clippy::cast_precision_loss,
    clippy::unnecessary_wraps,
    reason = "no process runs for 2^52 seconds, and elsewhere it is not known"
)]
pub(crate) fn cpu_seconds() -> Option<f64> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
pub(crate) fn cpu_seconds() -> Option<f64> {
    None
}

/// How much of the disk a file takes, in bytes; its length where that is not known.
fn size_on_disk(metadata: &Metadata) -> u64 {
    #[cfg(unix)]
    let size = std::os::unix::fs::MetadataExt::blocks(metadata) * 512;
    #[cfg(not(unix))]
    let size = metadata.len();
    size
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How much of the disk the files below a directory take, in bytes.
pub(crate) fn disk_used(directory: &Path) -> Result<u64> {
    let failed = |source| Error::Io {
        what: "look into",
        path: directory.to_owned(),
        source,
    };
    let mut bytes = 0;
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A store may remove a file at any time.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        bytes += if metadata.is_dir() {
            disk_used(&entry.path()).unwrap_or(0)
        } else {
            size_on_disk(&metadata)
        };
    }
    Ok(bytes)
}
