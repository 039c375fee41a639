//! Opens the piece again, also if it is open.

impl<P: Piece> Concat<P> {
    fn enter(&mut self, number: usize) -> Result<&mut P::Source, P::Error> {
        self.open = None;
        let source = self.pieces[number].open()?;
        Ok(&mut self.open.insert((number, source)).1)
    }
}
