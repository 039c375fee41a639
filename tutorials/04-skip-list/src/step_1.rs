//! Step 1: a sorted linked list. The links are indices into a `Vec`.

/// Where the list begins. It is no card, but it has a link.
pub const HEAD: usize = 0;

/// There is no next card. No link leads to the head, so its index is free to say this.
pub const END: usize = 0;

/// Cards in order.
#[derive(Debug)]
pub struct List {
    /// The name of each card, and where the next one is.
    nodes: Vec<(String, usize)>,
}

impl Default for List {
    fn default() -> Self {
        let head = (String::new(), END);
        Self { nodes: vec![head] }
    }
}

impl List {
    /// The last node before a card. `look` is called for each card that is looked at.
    pub fn find(&self, card: &str, mut look: impl FnMut()) -> usize {
        let mut at = HEAD;
        loop {
            let next = self.nodes[at].1;
            if next == END {
                return at;
            }
            look();
            if self.nodes[next].0.as_str() >= card {
                return at;
            }
            at = next;
        }
    }

    /// Puts a new card behind the node `before`: two links are written.
    pub fn link(&mut self, before: usize, card: &str) {
        self.nodes.push((card.to_owned(), self.nodes[before].1));
        self.nodes[before].1 = self.nodes.len() - 1;
    }
}
