//! Where the engine runs.

use std::sync::Arc;

use crate::{Clock, FileSystem, OsFileSystem, SystemClock};

/// Everything outside the engine that it depends on. A test passes its own.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Where files are kept.
    pub fs: Arc<dyn FileSystem>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Environment {
    /// The file system and clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self {
            fs: Arc::new(OsFileSystem),
            clock: Arc::new(SystemClock),
        }
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::system()
    }
}
