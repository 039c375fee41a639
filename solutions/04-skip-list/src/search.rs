//! Finding the place of a key.
//!
//! A search begins at the head, on the highest level. It goes right as long as the next key is
//! before the one that it looks for, and then a level down:
//!
//! ```text
//!   level 2   head ──────────────────▶ d ─────────────────────────▶ end
//!                                      │ d is before f: right. end: down
//!   level 1   head ──────▶ b ────────▶ d ──────────▶ g ───────────▶ end
//!                                      │ g is not before f: down
//!   level 0   head ─▶ a ─▶ b ─▶ c ───▶ d ─▶ e ─────▶ g ─▶ h ──────▶ end
//!                                             e is before f: right. g is not: here f belongs
//! ```
//!
//! Nothing here waits for anybody. Other threads may put nodes in while a search goes on. It may
//! see them or not; it never sees half of one, and never loses its way, since nothing is ever
//! taken out.

use std::cmp::Ordering;

use ferrisdb_core::InternalKey;

use crate::SkipList;
use crate::height::HEIGHT_MAX;
use crate::node::{Link, Node, prefix};

/// What a search looks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'k> {
    pub(crate) key: InternalKey<'k>,
    pub(crate) prefix: u32,
}

/// Where a key belongs: on each level, the last node before it and the link from there.
///
/// As long as the link is still the one in that node, nothing has come between, and a
/// compare-and-swap of it puts a node in its right place. On a higher level the node is the same
/// or an earlier one.
#[derive(Debug, Clone)]
pub(crate) struct Splice<'a> {
    pub(crate) before: [Node<'a>; HEIGHT_MAX],
    pub(crate) after: [Link; HEIGHT_MAX],
}

impl<'k> Target<'k> {
    #[inline]
    pub(crate) fn new(key: InternalKey<'k>) -> Self {
        let prefix = prefix(key.user_key);
        Self { key, prefix }
    }
}

impl<'a> Splice<'a> {
    /// Knows nothing but the head.
    pub(crate) fn new(head: Node<'a>) -> Self {
        Self {
            before: [head; HEIGHT_MAX],
            after: [Link::END; HEIGHT_MAX],
        }
    }
}

impl SkipList {
    /// Whether `link` leads to a node whose key is before the target. The end of a level is
    /// before nothing.
    ///
    /// If the prefixes differ, they decide, and the node is not touched. To look at a node that
    /// is not in the processor's cache takes about a hundred times as long as all the rest.
    #[inline]
    pub(crate) fn leads_before(&self, link: Link, target: &Target<'_>) -> bool {
        let Some(next) = self.follow(link) else {
            return false;
        };
        match link.prefix().cmp(&target.prefix) {
            Ordering::Less => true,
            Ordering::Equal => next.compare(&target.key) == Ordering::Less,
            Ordering::Greater => false,
        }
    }

    /// Goes along one level, from a node before the target (or the head) to the last such node.
    /// Returns it and the link from it, which does not lead before the target.
    ///
    /// `known` is a link of which that is known already, from the level above. On half of the
    /// levels it is the one that ends the walk, and saves a comparison.
    #[inline]
    pub(crate) fn walk<'a>(
        &'a self,
        mut before: Node<'a>,
        level: usize,
        target: &Target<'_>,
        known: Link,
    ) -> (Node<'a>, Link) {
        loop {
            let link = before.next(level);
            if link == known {
                return (before, link);
            }
            if link.prefix() == target.prefix {
                self.prefetch_below(before, level);
            }
            if !self.leads_before(link, target) {
                return (before, link);
            }
            match self.follow(link) {
                Some(next) => before = next,
                None => return (before, link),
            }
        }
    }

    /// The last node before the target (maybe the head), and the first one that is not.
    pub(crate) fn search(&self, target: &Target<'_>) -> (Node<'_>, Option<Node<'_>>) {
        let (mut before, mut after) = (self.head(), Link::END);
        for level in (0..HEIGHT_MAX).rev() {
            (before, after) = self.walk(before, level, target, after);
        }
        (before, self.follow(after))
    }

    /// Brings the levels below `levels` of a splice to the target. What it says about that level
    /// must be right already; from [`HEIGHT_MAX`] it begins at the head.
    pub(crate) fn find<'a>(&'a self, splice: &mut Splice<'a>, levels: usize, target: &Target<'_>) {
        let (mut before, mut after) = match levels {
            HEIGHT_MAX => (self.head(), Link::END),
            level => (splice.before[level], splice.after[level]),
        };
        for level in (0..levels).rev() {
            (before, after) = self.walk(before, level, target, after);
            (splice.before[level], splice.after[level]) = (before, after);
        }
    }

    /// The lowest level on which the splice of an earlier key is right for the target too, with
    /// its link brought up to date; [`HEIGHT_MAX`] if there is none. Below that level,
    /// [`SkipList::find`] has to search.
    ///
    /// A target that follows closely on the last key is found on a low level, after few steps.
    /// The splice is right on a level if its node is before the target and the link from it does
    /// not lead before the target. Then the nodes of the levels above are before the target as
    /// well, since they are the same or earlier ones.
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, target: &Target<'_>) -> usize {
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(&target.key) != Ordering::Less {
                continue;
            }
            let link = before.next(level);
            if !self.leads_before(link, target) {
                splice.after[level] = link;
                return level;
            }
        }
        HEIGHT_MAX
    }

    /// The last node of the list, maybe the head.
    pub(crate) fn last(&self) -> Node<'_> {
        let mut last = self.head();
        for level in (0..HEIGHT_MAX).rev() {
            while let Some(next) = self.follow(last.next(level)) {
                last = next;
            }
        }
        last
    }
}
