//! Forgetting. A second `impl` block adds to the same store.

use crate::Store;

impl Store {
    /// Removes `key` and says whether it held a value.
    pub fn delete(&mut self, key: &str) -> bool {
        self.entries.remove(key).is_some()
    }
}
