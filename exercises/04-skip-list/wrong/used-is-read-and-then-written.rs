//! Reads, computes and writes: three steps instead of one.

impl Arena {
    pub(crate) fn allocate(&self, size: usize) -> Result<Room<'_>> {
        let limit = self.layout.size();
        let offset = self.used.load(Ordering::Relaxed);
        let end = size
            .checked_next_multiple_of(UNIT)
            .and_then(|size| offset.checked_add(size));
        let Some(end) = end.filter(|&end| end <= limit) else {
            return Err(Error::Full {
                needed: size,
                left: limit - offset,
            });
        };
        self.used.store(end, Ordering::Relaxed);
        Ok(Room {
            arena: PhantomData,
            // SAFETY: `offset` is at most the size of the block.
            start: unsafe { self.start.add(offset) },
            size: size.next_multiple_of(UNIT),
        })
    }
}
