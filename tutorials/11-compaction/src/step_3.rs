//! Step 3: only what is about equally large is merged.

use std::io;

use crate::Store;

impl Store {
    /// Merges the newest files: from the oldest on that is no larger than all
    /// newer ones together.
    pub fn merge_equals(&mut self) -> io::Result<()> {
        let sizes = self.sizes()?;
        let (mut from, mut newer) = (sizes.len(), 0);
        for (place, size) in sizes.iter().enumerate().rev() {
            if *size <= newer {
                from = place;
            }
            newer += size;
        }
        if from == sizes.len() {
            return Ok(());
        }
        let mut merged = self.merged(from)?;
        // Where an older file remains, it may still have what was deleted.
        if from == 0 {
            merged.retain(|_, stock| stock.is_some());
        }
        self.replace(from, &merged)
    }
}
