//! Forgets the old value.

impl<T: Send + Sync + 'static> Slot<T> {
    pub fn swap(&self, value: T) {
        let guard = epoch::pin();
        self.current
            .swap(Owned::new(value), Ordering::AcqRel, &guard);
    }
}
