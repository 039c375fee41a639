//! Does not flush.

impl<T: Send + Sync + 'static> Slot<T> {
    pub fn swap(&self, value: T) {
        let guard = epoch::pin();
        let old = self
            .current
            .swap(Owned::new(value), Ordering::AcqRel, &guard);
        unsafe { guard.defer_destroy(old) };
    }
}
