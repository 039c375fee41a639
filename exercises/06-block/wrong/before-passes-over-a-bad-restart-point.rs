//! If the entry at the restart point cannot be read, that is taken for the beginning of the block:
//! the entries before it are lost, and nobody is told.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
        };
        if self.read_restart(index).is_err() {
            return Ok(());
        }
        while let Some(entry) = &self.entry
            && entry.value.end < end
        {
            self.next()?;
        }
        if self
            .entry
            .as_ref()
            .is_some_and(|entry| entry.value.end == end)
        {
            return Ok(());
        }
        self.entry = None;
        Err(self.bad_restart(
            index,
            "no entry from there on ends where the next one begins",
        ))
    }
}
