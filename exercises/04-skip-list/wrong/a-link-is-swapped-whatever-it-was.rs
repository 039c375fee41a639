//! Swaps first, compares afterwards.

impl<'a> Node<'a> {
    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        self.level(level).swap(new.0, Ordering::Release) == expected.0
    }
}
