//! A cursor that is kept, beside the map that it has to show.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::PathBuf;

use ferrisdb_storage::Cursor;
use ferrisdb_testkit::show;

/// A cursor that is kept over several steps.
pub(crate) struct Held {
    pub(crate) cursor: Cursor,
    /// What it has to show.
    pub(crate) map: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The key at which it is.
    pub(crate) at: Option<Vec<u8>>,
    /// The files that it may read.
    pub(crate) files: Vec<PathBuf>,
}

impl Held {
    /// Goes forwards and backwards, and compares.
    pub(crate) fn walk(&mut self, moves: &[bool]) -> Result<(), Option<String>> {
        self.compare()?;
        for forward in moves {
            let at = self.at.take();
            if *forward {
                self.cursor.next().map_err(|_| None)?;
                let behind = at.map(|key| (Bound::Excluded(key), Bound::Unbounded));
                let next = behind.and_then(|range| self.map.range::<Vec<u8>, _>(range).next());
                self.at = next.map(|(key, _)| key.clone());
            } else {
                self.cursor.prev().map_err(|_| None)?;
                let before = at.map(|key| (Bound::Unbounded, Bound::Excluded(key)));
                let prev = before.and_then(|range| self.map.range::<Vec<u8>, _>(range).next_back());
                self.at = prev.map(|(key, _)| key.clone());
            }
            self.compare()?;
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), Option<String>> {
        let cursor = &self.cursor;
        let found = cursor.is_valid().then(|| (cursor.key(), cursor.value()));
        let expected = self.at.as_ref().map(|key| (&key[..], &self.map[key][..]));
        if found == expected {
            return Ok(());
        }
        let shown =
            |pair: Option<(&[u8], &[u8])>| pair.map_or("no key".into(), |(key, _)| show(key));
        let (found, expected) = (shown(found), shown(expected));
        Err(Some(format!(
            "a cursor is at {found}, not at {expected}, or shows another value"
        )))
    }
}
