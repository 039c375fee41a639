//! The cursor never leaves its data block.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        let _ = (step, start);
        Ok(())
    }
}
