//! What a database has to hold: what is durable for certain, and what was written since.

use crate::contents::{Map, apply, list};
use crate::history::Change;
use crate::subject::Checked;

/// What should be in a database, and what of that it has promised to keep.
#[derive(Debug, Clone, Default)]
pub(crate) struct Promise {
    /// What is durable for certain.
    kept: Map,
    /// What was written after that, oldest first.
    pending: Vec<Vec<Change>>,
    /// All of it.
    now: Map,
    /// Whether the last batch was neither acknowledged nor found: it may be there or not.
    is_in_doubt: bool,
}

impl Promise {
    /// What should be in it now.
    pub(crate) fn now(&self) -> &Map {
        &self.now
    }

    /// A batch is handed over. Until it is acknowledged, it is in doubt.
    pub(crate) fn write(&mut self, changes: &[Change]) {
        self.pending.push(changes.to_vec());
        apply(&mut self.now, changes);
        self.is_in_doubt = true;
    }

    /// The last batch is written.
    pub(crate) fn acknowledge(&mut self) {
        self.is_in_doubt = false;
    }

    /// Everything so far is on the disk.
    pub(crate) fn kept_all(&mut self) {
        self.acknowledge();
        self.kept = self.now.clone();
        self.pending.clear();
    }

    /// Takes for granted what was found, if it may be there: what was written up to some batch that
    /// is not before the last promise.
    pub(crate) fn rewind(&mut self, found: &Map) -> Checked {
        let mut state = self.kept.clone();
        // The newest state of several equal ones.
        let mut at = (state == *found).then_some(0);
        for (index, changes) in self.pending.iter().enumerate() {
            apply(&mut state, changes);
            if state == *found {
                at = Some(index + 1);
            }
        }
        if at.is_none() {
            return Err(format!(
                "it holds {}, which is no state that it may have: promised was {}, and all that \
                 was written is {}",
                list(found),
                list(&self.kept),
                list(&self.now)
            ));
        }
        self.now = found.clone();
        self.kept_all();
        Ok(())
    }
    /// Whether an open database may show this: all that was written. The last batch may be missing
    /// if it is in doubt.
    pub(crate) fn may_show(&self, found: &Map) -> Checked {
        if *found == self.now {
            return Ok(());
        }
        let mut before = self.kept.clone();
        let acknowledged = self.pending.len() - usize::from(self.is_in_doubt);
        for changes in &self.pending[..acknowledged] {
            apply(&mut before, changes);
        }
        if *found == before {
            return Ok(());
        }
        Err(format!(
            "it shows {}, not {} or {}",
            list(found),
            list(&self.now),
            list(&before)
        ))
    }
}
