//! Where nothing lies at or before the target, the entry stays where it was.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let begins = |piece: &P| order(piece.smallest(), target).is_le();
        let behind = self.pieces.partition_point(begins);
        let Some(number) = behind.checked_sub(1) else {
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
