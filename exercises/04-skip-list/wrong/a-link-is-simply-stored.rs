//! A plain store, which always succeeds.

impl<'a> Node<'a> {
    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        self.level(level).store(new.0, Ordering::Release);
        true
    }
}
