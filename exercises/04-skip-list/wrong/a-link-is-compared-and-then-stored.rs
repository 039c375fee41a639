//! Compare and store: two steps instead of one.

impl<'a> Node<'a> {
    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        let link = self.level(level);
        if link.load(Ordering::Acquire) != expected.0 {
            return false;
        }
        link.store(new.0, Ordering::Release);
        true
    }
}
