//! How FerrisDB reports what went wrong.
//!
//! The style, for every crate of the workspace: one enum a crate, a variant for each thing a
//! caller can do something about, typed fields, and a message that tells a person what
//! happened, where, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong below the file formats.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}{}", path.display(), remedy(source))]
    Io {
        /// What was tried, as a verb: "open", "write to", "sync".
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// A key, value or batch is longer than it may be. Nothing was written.
    #[error("the {what} has {size} bytes, {size_max} is the most allowed; split it up")]
    TooLarge {
        /// "key", "value" or "batch".
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The largest size allowed, in bytes.
        size_max: usize,
    },

    /// A number that stands for no operation.
    #[error("{number} stands for no operation (1 is put, 2 is delete)")]
    UnknownOperation {
        /// The number found.
        number: u8,
    },
}

/// What a person can do about an I/O error, where that is known.
fn remedy(source: &io::Error) -> &'static str {
    #[cfg(unix)]
    if source.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) {
        return " (a table is an open file; let the process have more of them, see `ulimit -n`)";
    }
    match source.kind() {
        io::ErrorKind::StorageFull => " (free some disk space, then open the database again)",
        io::ErrorKind::PermissionDenied => " (check the owner and permissions of the directory)",
        io::ErrorKind::ReadOnlyFilesystem => " (the file system is mounted read-only)",
        io::ErrorKind::CrossesDevices => " (choose a place on the same file system)",
        io::ErrorKind::DirectoryNotEmpty => " (name a new one, or remove what is in it)",
        io::ErrorKind::WouldBlock => " (another process has it open; close that one first)",
        _ => "",
    }
}

/// Adds to an [`io::Error`] what was tried and on which file.
pub trait IoContext<T> {
    /// Turns an I/O error into [`Error::Io`]: "cannot `action` `path`: …".
    fn context(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io {
            action,
            path: path.to_owned(),
            source,
        })
    }
}
