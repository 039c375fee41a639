//! Closes the old piece only once the new one could be opened. If not, the old entry is still there.

impl<P: Piece> Concat<P> {
    fn enter(&mut self, number: usize) -> Result<&mut P::Source, P::Error> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            self.open = Some((number, self.pieces[number].open()?));
        }
        let open = self.open.as_mut();
        let (_, source) = open.expect("it was opened above, if it was not open");
        Ok(source)
    }
}
