//! Adds first and asks afterwards; what was refused stays counted.

impl Arena {
    pub(crate) fn allocate(&self, size: usize) -> Result<Room<'_>> {
        let limit = self.layout.size();
        let full = |offset| Error::Full {
            needed: size,
            left: limit.saturating_sub(offset),
        };
        let Some(whole) = size.checked_next_multiple_of(UNIT) else {
            return Err(full(self.used()));
        };
        let offset = self.used.fetch_add(whole, Ordering::Relaxed);
        if offset.checked_add(whole).is_none_or(|end| end > limit) {
            return Err(full(offset));
        }
        Ok(Room {
            arena: PhantomData,
            // SAFETY: `offset` is at most the size of the block.
            start: unsafe { self.start.add(offset) },
            size: size.next_multiple_of(UNIT),
        })
    }
}
