//! Step 2: towers. A node has a link on each level of its tower, and higher levels skip more.

use crate::step_1::{END, HEAD};

/// The levels of the list, enough for some thousand cards.
pub const LEVELS: usize = 12;

#[derive(Debug, Clone)]
struct Node {
    card: String,
    balance: u64,
    /// One link a level, the lowest first.
    tower: Vec<usize>,
}

/// Cards in order, found quickly.
#[derive(Debug, Clone)]
pub struct List {
    nodes: Vec<Node>,
}

/// Where a card belongs: on each level the last node before it, and where its link leads.
#[derive(Debug)]
pub struct Place {
    pub(crate) before: [usize; LEVELS],
    pub(crate) after: [usize; LEVELS],
}

impl Default for List {
    fn default() -> Self {
        let head = Node {
            card: String::new(),
            balance: 0,
            tower: vec![END; LEVELS],
        };
        Self { nodes: vec![head] }
    }
}

impl List {
    /// Looks for the place of a card, from the highest level down. `look` is called
    /// for each card that is looked at.
    pub fn find(&self, card: &str, mut look: impl FnMut()) -> Place {
        let (mut before, mut after) = ([HEAD; LEVELS], [END; LEVELS]);
        let mut at = HEAD;
        for level in (0..LEVELS).rev() {
            loop {
                let next = self.nodes[at].tower[level];
                (before[level], after[level]) = (at, next);
                if next == END {
                    break;
                }
                look();
                if self.nodes[next].card.as_str() >= card {
                    break;
                }
                at = next;
            }
        }
        Place { before, after }
    }

    /// Puts a new card where `place` says, on each level of its tower.
    pub fn link(&mut self, place: &Place, card: &str, balance: u64) {
        let (new, height) = (self.nodes.len(), height(card));
        self.nodes.push(Node {
            card: card.to_owned(),
            balance,
            tower: place.after[..height].to_vec(),
        });
        for (level, &before) in place.before[..height].iter().enumerate() {
            self.nodes[before].tower[level] = new;
        }
    }

    /// The balance of a card. `look` is called for each card that is looked at.
    pub fn get(&self, card: &str, look: impl FnMut()) -> Option<u64> {
        let at = self.find(card, look).after[0];
        let node = &self.nodes[at];
        (at != END && node.card == card).then_some(node.balance)
    }

    /// All cards on a level, in order; on level 0 that is every card. `look` is called for each.
    pub fn cards(&self, level: usize, mut look: impl FnMut()) -> Vec<&str> {
        let (mut cards, mut at) = (Vec::new(), self.nodes[HEAD].tower[level]);
        while at != END {
            look();
            cards.push(self.nodes[at].card.as_str());
            at = self.nodes[at].tower[level];
        }
        cards
    }
}

/// How high the tower of a card is: 1, and one more for each coin in a row that
/// shows heads. The coins are the bits of a hash, so every run throws the same.
pub fn height(card: &str) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(MIX);
    let coins = card.bytes().fold(4, mix);
    (1 + coins.leading_ones() as usize).min(LEVELS)
}
