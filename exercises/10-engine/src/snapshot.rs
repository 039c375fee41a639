//! *Given.* The database as it was at one moment.

use std::sync::Arc;

use ferrisdb_core::Timestamp;

use crate::shared::Shared;
use crate::super_version::copied;
use crate::{Cursor, Result};

/// The database as it was at one moment, for as long as this is kept.
///
/// It keeps versions, not files: no compaction drops what it shows. Keeping one for long makes the
/// database grow.
#[derive(Debug)]
pub struct Snapshot {
    shared: Arc<Shared>,
    timestamp: Timestamp,
}

impl Snapshot {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            timestamp: shared.register(),
            shared: Arc::clone(shared),
        }
    }

    /// As of when it shows the database.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The value under a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        let as_of = Some(self.timestamp);
        self.shared.get(key.as_ref(), as_of, copied)
    }

    /// A cursor over the keys that had a value, at none yet.
    pub fn cursor(&self) -> Cursor {
        Cursor::new(&self.shared, Some(self.timestamp))
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.shared.release(self.timestamp);
    }
}
