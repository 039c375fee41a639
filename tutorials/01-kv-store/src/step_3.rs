//! All keys that begin alike. The map cannot help: it has to show every key it holds.

use crate::Store;

/// What a search found, and what it cost.
#[derive(Debug, PartialEq, Eq)]
pub struct Search {
    /// The keys found, in whatever order the map keeps them.
    pub found: Vec<String>,
    /// How many keys had to be looked at.
    pub looked_at: usize,
}

impl Store {
    /// The keys that begin with `prefix`.
    pub fn starting_with(&self, prefix: &str) -> Search {
        let mut search = Search {
            found: Vec::new(),
            looked_at: 0,
        };
        for key in self.entries.keys() {
            search.looked_at += 1;
            if key.starts_with(prefix) {
                search.found.push(key.clone());
            }
        }
        search
    }
}
