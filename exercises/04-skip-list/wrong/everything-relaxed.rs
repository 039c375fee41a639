//! No link publishes anything.

impl<'a> Node<'a> {
    pub(crate) fn next(self, level: usize) -> Link {
        Link(self.level(level).load(Ordering::Relaxed))
    }

    pub(crate) fn set_next(self, level: usize, link: Link) {
        self.level(level).store(link.0, Ordering::Relaxed);
    }

    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        self.level(level)
            .compare_exchange(expected.0, new.0, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }
}
