//! Searches the first piece also for what lies before it.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let begins = |piece: &P| order(piece.smallest(), target).is_le();
        let number = self.pieces.partition_point(begins).saturating_sub(1);
        if number < self.pieces.len() {
            let source = self.enter(number)?;
            source.seek_for_prev(target)?;
            if source.is_valid() {
                return Ok(());
            }
        }
        self.last_before(number)
    }
}
