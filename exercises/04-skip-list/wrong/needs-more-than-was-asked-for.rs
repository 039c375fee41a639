//! Reports the rounded size.

impl Arena {
    pub(crate) fn allocate(&self, size: usize) -> Result<Room<'_>> {
        let limit = self.layout.size();
        let end = |used: usize| {
            let size = size.checked_next_multiple_of(UNIT)?;
            used.checked_add(size).filter(|&end| end <= limit)
        };
        let update = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, end);
        let offset = update.map_err(|used| Error::Full {
            needed: size.checked_next_multiple_of(UNIT).unwrap_or(size),
            left: limit - used,
        })?;
        Ok(Room {
            arena: PhantomData,
            // SAFETY: `offset` is at most the size of the block.
            start: unsafe { self.start.add(offset) },
            size: size.next_multiple_of(UNIT),
        })
    }
}
