//! What everybody does first: a hash map with a name of its own.

use std::collections::HashMap;

/// Strings under strings.
#[derive(Debug, Default)]
pub struct Store {
    pub(crate) entries: HashMap<String, String>,
}

impl Store {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `value` under `key`, whatever stood there before.
    pub fn set(&mut self, key: &str, value: &str) {
        self.entries.insert(key.to_owned(), value.to_owned());
    }

    /// The value under `key`, if there is one.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(String::as_str)
    }
}
