//! No `Release`: nothing ties the node's bytes to the link.

impl<'a> Node<'a> {
    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        self.level(level)
            .compare_exchange(expected.0, new.0, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }
}
