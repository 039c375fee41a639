//! What is taken out in the head of a `match` lives to its end: two pieces are open at a time.

impl<P: Piece> Concat<P> {
    fn enter(&mut self, number: usize) -> Result<&mut P::Source, P::Error> {
        let open = match self.open.take() {
            Some(open) if open.0 == number => open,
            _ => (number, self.pieces[number].open()?),
        };
        Ok(&mut self.open.insert(open).1)
    }
}
