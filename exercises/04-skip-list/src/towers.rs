//! Given: what the towers look like, and which way a search takes. For pictures.

use crate::height::HEIGHT_MAX;
use crate::node::{Link, Node};
use crate::search::Target;
use crate::{Entry, SkipList};
use ferrisdb_core::InternalKey;

/// An entry, and where each level of its tower leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tower<'a> {
    /// The entry; `None` is the head.
    pub entry: Option<Entry<'a>>,
    /// The next entry on each level, the lowest level first; `None` is the end.
    pub links: Vec<Option<Entry<'a>>>,
}

/// A step of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The level.
    pub level: usize,
    /// The entry at which the search stood; `None` is the head.
    pub from: Option<Entry<'a>>,
    /// The entry to which the link leads from there; `None` is the end of the level.
    pub next: Option<Entry<'a>>,
    /// What decided whether that is before the key.
    pub by: By,
    /// Whether it is, so that the search went there. Otherwise it went down a level.
    pub is_right: bool,
}

/// What decides a step of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// There is nothing.
    End,
    /// It is the entry that was not before the key on the level above either.
    Known,
    /// The prefix in the link.
    Prefix,
    /// The key in the node.
    Key,
}

impl SkipList {
    /// The head and all entries, in order, with their towers.
    ///
    /// ```
    /// # use ferrisdb_core::{InternalKey, Operation, Timestamp};
    /// # use ferrisdb_skiplist::SkipList;
    /// # let put = |user_key| InternalKey { user_key, timestamp: Timestamp(1), operation: Operation::Put };
    /// let list = SkipList::new(1 << 20, 42)?;
    /// list.insert(put(b"banana"), b"yellow")?;
    /// list.insert(put(b"apple"), b"red")?;
    ///
    /// let towers = list.towers();
    /// let keys: Vec<_> = towers.iter().map(|tower| tower.entry.map(|entry| entry.key)).collect();
    /// assert_eq!(keys, [None, Some(put(b"apple")), Some(put(b"banana"))]);
    /// assert_eq!(towers[0].links[0], towers[1].entry);
    /// assert_eq!(towers[1].links[0], towers[2].entry);
    /// assert!(towers[2].links.iter().all(Option::is_none));
    /// # Ok::<(), ferrisdb_skiplist::Error>(())
    /// ```
    pub fn towers(&self) -> Vec<Tower<'_>> {
        let mut towers = Vec::new();
        let mut node = Some(self.head());
        while let Some(at) = node {
            let next = |level| self.follow(at.next(level)).map(Entry::from);
            towers.push(Tower {
                entry: self.entry(at),
                links: (0..at.height()).map(next).collect(),
            });
            node = self.follow(at.next(0));
        }
        towers
    }

    /// The way that a search for `key` takes, from the head on the highest level.
    ///
    /// ```
    /// # use ferrisdb_core::{InternalKey, Operation, Timestamp};
    /// # use ferrisdb_skiplist::{By, SkipList};
    /// # let put = |user_key| InternalKey { user_key, timestamp: Timestamp(1), operation: Operation::Put };
    /// let list = SkipList::new(1 << 20, 42)?;
    /// for key in [b"apple", b"grape", b"grapf"] {
    ///     list.insert(put(key), b"")?;
    /// }
    /// let path = list.path(put(b"grapf"));
    /// let lowest: Vec<_> = path.iter().filter(|step| step.level == 0).collect();
    /// let last = lowest[lowest.len() - 1];
    /// assert_eq!(last.from.map(|entry| entry.key), Some(put(b"grape")));
    /// assert_eq!(last.next.map(|entry| entry.key), Some(put(b"grapf")));
    /// assert!(!last.is_right && matches!(last.by, By::Key | By::Known));
    /// # Ok::<(), ferrisdb_skiplist::Error>(())
    /// ```
    pub fn path(&self, key: InternalKey<'_>) -> Vec<Step<'_>> {
        let target = Target::new(key);
        let mut steps = Vec::new();
        let (mut at, mut after) = (self.head(), Link::END);
        for level in (0..HEIGHT_MAX).rev() {
            let known = after;
            let (end, last) = self.walk(at, level, &target, known);
            let mut step = |from, link, is_right| {
                let next = self.follow(link).map(Entry::from);
                let by = match next {
                    None => By::End,
                    Some(_) if link == known => By::Known,
                    Some(_) if link.prefix() == target.prefix => By::Key,
                    Some(_) => By::Prefix,
                };
                let from = self.entry(from);
                steps.push(Step {
                    level,
                    from,
                    next,
                    by,
                    is_right,
                });
            };
            while at != end {
                let link = at.next(level);
                step(at, link, true);
                let Some(next) = self.follow(link) else { break };
                at = next;
            }
            step(end, last, false);
            (at, after) = (end, last);
        }
        steps
    }

    fn entry<'a>(&self, node: Node<'a>) -> Option<Entry<'a>> {
        (node != self.head()).then(|| Entry::from(node))
    }
}
