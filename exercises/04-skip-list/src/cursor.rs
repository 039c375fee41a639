//! Walking through a list in order.

use std::fmt;

use ferrisdb_core::InternalKey;

use crate::SkipList;
use crate::node::Node;
use crate::readahead::Readahead;
use crate::search::Target;

/// An entry of a list. It lives as long as the list, not as long as what found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Which version of which key.
    pub key: InternalKey<'a>,
    /// Its value; empty for a delete.
    pub value: &'a [u8],
}

impl<'a> From<Node<'a>> for Entry<'a> {
    #[inline]
    fn from(node: Node<'a>) -> Self {
        Self {
            key: node.key(),
            value: node.value(),
        }
    }
}

/// A place in a list: at an entry, or at none.
///
/// It may be used while others insert. It sees every entry that was there when it was placed,
/// and of those that are inserted meanwhile the ones that come to lie ahead of it in time. At no
/// entry, it stays there until it is placed anew.
#[derive(Clone)]
pub struct Cursor<'a> {
    list: &'a SkipList,
    node: Option<Node<'a>>,
    readahead: Readahead<'a>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(list: &'a SkipList) -> Self {
        Self {
            list,
            node: None,
            readahead: Readahead::default(),
        }
    }

    /// Goes to the first entry.
    pub fn seek_to_first(&mut self) {
        self.node = self.list.follow(self.list.head().next(0));
    }

    /// Goes to the last entry.
    pub fn seek_to_last(&mut self) {
        self.place_before(self.list.last());
    }

    /// Goes to the first entry that is at or after `key`. The operation of `key` plays no part.
    pub fn seek(&mut self, key: InternalKey<'_>) {
        (_, self.node) = self.list.search(&Target::new(key));
    }

    /// Goes to the last entry that is at or before `key`. The operation of `key` plays no part.
    pub fn seek_for_prev(&mut self, key: InternalKey<'_>) {
        let (before, at_or_after) = self.list.search(&Target::new(key));
        match at_or_after {
            Some(node) if node.compare(&key).is_eq() => self.node = Some(node),
            _ => self.place_before(before),
        }
    }

    /// Goes to the next entry.
    #[inline]
    pub fn next(&mut self) {
        self.node = self.node.and_then(|node| self.list.follow(node.next(0)));
        if let Some(node) = self.node {
            self.readahead.step(self.list, node);
        }
    }

    /// Goes to the entry before. There are no links that lead back, so this is a search from the
    /// top.
    pub fn prev(&mut self) {
        if let Some(node) = self.node {
            self.place_before(self.list.search(&Target::new(node.key())).0);
        }
    }

    /// Whether it is at an entry.
    pub fn is_valid(&self) -> bool {
        self.node.is_some()
    }

    /// The entry at which it is.
    #[inline]
    pub fn current(&self) -> Option<Entry<'a>> {
        self.node.map(Entry::from)
    }

    /// At `node`, or at no entry if that is the head.
    fn place_before(&mut self, node: Node<'a>) {
        self.node = (node != self.list.head()).then_some(node);
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").field(&self.current()).finish()
    }
}
