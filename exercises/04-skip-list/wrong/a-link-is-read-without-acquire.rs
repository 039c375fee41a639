//! No `Acquire`: the node may be read before its bytes are there.

impl<'a> Node<'a> {
    pub(crate) fn next(self, level: usize) -> Link {
        Link(self.level(level).load(Ordering::Relaxed))
    }
}
