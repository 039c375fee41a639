//! The simplest manifest that could work, and how it breaks.
//!
//! A shop gets a file of new prices every hour: `prices-1`, `prices-2`, and so on. At night a job
//! merges some of them into one, and deletes those. A *catalogue* says which files count.
//!
//! ```text
//!   prices-3  prices-4  prices-5  prices-6        the catalogue: [3, 4, 5, 6]
//!   └──── merged at night ────┘
//!              prices-7           prices-6        the catalogue: [6, 7]
//! ```
//!
//! [`step_1`] is a JSON file that is rewritten in place. [`step_2`] writes a new file and renames
//! it. [`step_3`] appends a line for each file that comes or goes, and [`step_4`] a line for each
//! change as a whole. [`experiment`] holds the experiments. The real manifest is
//! `ferrisdb-manifest`.

use std::collections::BTreeSet;

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;
pub mod step_4;

/// Which files count, by number.
pub type Files = BTreeSet<u64>;

/// What changes: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Files that count from now on.
    pub add: Vec<u64>,
    /// Files that do not count any more.
    pub remove: Vec<u64>,
}

impl Change {
    /// The files after the change.
    pub fn apply(&self, files: &Files) -> Files {
        let mut files = files.clone();
        for number in &self.remove {
            files.remove(number);
        }
        files.extend(&self.add);
        files
    }
}
