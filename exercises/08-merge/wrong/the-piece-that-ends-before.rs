//! Looks for the last piece that ends before the target, and passes the one in which it lies.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let ends = |piece: &P| order(piece.largest(), target).is_le();
        let behind = self.pieces.partition_point(ends);
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
