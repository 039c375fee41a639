//! Does not wait for those who read.

impl<T: Send + Sync + 'static> Slot<T> {
    pub fn swap(&self, value: T) {
        let guard = epoch::pin();
        let old = self
            .current
            .swap(Owned::new(value), Ordering::AcqRel, &guard);
        drop(unsafe { old.into_owned() });
    }
}
