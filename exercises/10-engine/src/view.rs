//! *Given.* The database as a batch finds it when its turn has come.

use std::fmt;
use std::sync::Arc;

use ferrisdb_core::{Operation, Timestamp};

use crate::Result;
use crate::queue::Member;
use crate::shared::Shared;
use crate::super_version::copied;

/// The database as a batch finds it when its turn has come: with everything that was written
/// before it, the batches ahead of it in its own group included, although no reader sees
/// those yet.
pub struct View<'a> {
    shared: &'a Shared,
    /// The batches of the group that are to be written, oldest first.
    ahead: &'a [Arc<Member>],
    timestamp: Timestamp,
}

impl<'a> View<'a> {
    pub(crate) fn new(shared: &'a Shared, ahead: &'a [Arc<Member>], timestamp: Timestamp) -> Self {
        Self {
            shared,
            ahead,
            timestamp,
        }
    }

    /// The timestamp that the batch gets if it is written.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The value under a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        let key = key.as_ref();
        let batches = self.ahead.iter().rev().map(|member| &member.batch);
        for batch in batches {
            // The last write of a key in a batch wins.
            if let Some(entry) = batch.iter().filter(|entry| entry.key == key).last() {
                let is_put = entry.operation == Operation::Put;
                return Ok(is_put.then(|| entry.value.to_vec()));
            }
        }
        self.shared.get(key, None, copied)
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("timestamp", &self.timestamp)
            .field("ahead", &self.ahead.len())
            .finish_non_exhaustive()
    }
}
