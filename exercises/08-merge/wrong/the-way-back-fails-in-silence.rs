//! Where the pieces before fail, nothing was found, and nothing is said.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let begins = |piece: &P| order(piece.smallest(), target).is_le();
        let behind = self.pieces.partition_point(begins);
        let Some(number) = behind.checked_sub(1) else {
            self.open = None;
            return Ok(());
        };
        let source = self.enter(number)?;
        source.seek_for_prev(target)?;
        if !source.is_valid() {
            let _ = self.last_before(number);
        }
        Ok(())
    }
}
