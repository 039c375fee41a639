//! Adds first, and takes it off again if it does not fit.

impl Arena {
    pub(crate) fn allocate(&self, size: usize) -> Result<Room<'_>> {
        let limit = self.layout.size();
        let full = |offset| Error::Full {
            needed: size,
            left: limit.saturating_sub(offset),
        };
        if size > 2 * limit {
            return Err(full(self.used()));
        }
        let whole = size.next_multiple_of(UNIT);
        let offset = self.used.fetch_add(whole, Ordering::Relaxed);
        if offset + whole > limit {
            self.used.fetch_sub(whole, Ordering::Relaxed);
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
