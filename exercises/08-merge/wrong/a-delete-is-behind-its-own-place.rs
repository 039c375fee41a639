//! Compares the operation as well, which plays no part in a search.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let behind = self
            .pieces
            .partition_point(|piece| piece.smallest() <= target);
        let Some(number) = behind.checked_sub(1) else {
            self.open = None;
            return Ok(());
        };
        let source = self.enter(number)?;
        source.seek_for_prev(target)?;
        if source.is_valid() {
            return Ok(());
        }
        self.last_before(number)
    }
}
