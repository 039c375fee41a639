//! Given: loads the nodes that a cursor will come to before it comes there.
//!
//! A list cannot be read ahead along its lowest level: where the node after the next one is, only
//! the next one knows. The higher levels know. So a *scout* runs ahead of the cursor on level 1,
//! another ahead of that one on level 2, and so on. Each looks only at nodes that the scout
//! above it has already sent for, so nobody waits long.
//!
//! ```text
//!   level 2   ●───────────────▶●───────────────▶○           scout 2
//!   level 1   ●───────▶●──────▶○───────▶○                   scout 1
//!   level 0   ●──▶○──▶○                                     cursor
//! ```
//!
//! It changes nothing in what the cursor returns.

use crate::SkipList;
use crate::node::Node;

/// The scouts, on levels 1 to 3: the highest is about thirty nodes ahead.
const SCOUTS: usize = 3;

/// Steps that a cursor takes before it is worth to send scouts. A model's lists are too short
/// to wait.
const SHORT: u32 = if cfg!(test) { 0 } else { 4 };

/// How many nodes of its level a scout is ahead of the one below.
const LEAD: usize = 4;

/// Nodes one level below that a scout sends for, besides the ones on its own.
const TRAIL: usize = 2;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Readahead<'a> {
    steps: u32,
    scouts: [Option<Scout<'a>>; SCOUTS],
}

#[derive(Debug, Clone, Copy)]
struct Scout<'a> {
    /// The next node on its level; being loaded.
    next: Option<Node<'a>>,
    /// Nodes one level below that it has passed; being loaded.
    trail: [Option<Node<'a>>; TRAIL],
}

impl<'a> Readahead<'a> {
    /// The cursor has come to `node` by a step.
    #[inline]
    pub(crate) fn step(&mut self, list: &'a SkipList, node: Node<'a>) {
        if self.steps != SHORT {
            self.steps += 1;
            return;
        }
        let next_of =
            |node: Option<Node<'a>>, level| node.and_then(|node| list.follow(node.next(level)));
        let mut at = node;
        for (scout, level) in self.scouts.iter_mut().zip(1..) {
            if at.height() <= level {
                return;
            }
            let scout = scout.get_or_insert_with(|| Scout {
                next: (0..LEAD).try_fold(at, |node, _| next_of(Some(node), level)),
                trail: [None; TRAIL],
            });
            let Some(stand) = scout.next else { return };
            let mut below = Some(stand);
            for trail in &mut scout.trail {
                (*trail, below) = (next_of(below, level - 1), *trail);
                if let Some(node) = *trail {
                    node.prefetch_all();
                }
            }
            scout.next = next_of(Some(stand), level);
            scout.next.into_iter().for_each(Node::prefetch_all);
            at = stand;
        }
    }
}
