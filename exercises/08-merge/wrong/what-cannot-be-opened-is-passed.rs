//! A piece that cannot be opened is passed like an empty one, and the version before it is shown.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let begins = |piece: &P| order(piece.smallest(), target).is_le();
        let behind = self.pieces.partition_point(begins);
        let Some(number) = behind.checked_sub(1) else {
            self.open = None;
            return Ok(());
        };
        let Ok(source) = self.enter(number) else {
            return self.last_before(number);
        };
        source.seek_for_prev(target)?;
        if source.is_valid() {
            return Ok(());
        }
        self.last_before(number)
    }
}
