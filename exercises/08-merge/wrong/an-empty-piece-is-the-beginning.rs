//! Where a piece has nothing at or before the target, the pieces before it are not asked.

impl<P: Piece> Source for Concat<P> {
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let begins = |piece: &P| order(piece.smallest(), target).is_le();
        let behind = self.pieces.partition_point(begins);
        let Some(number) = behind.checked_sub(1) else {
            self.open = None;
            return Ok(());
        };
        self.enter(number)?.seek_for_prev(target)
    }
}
