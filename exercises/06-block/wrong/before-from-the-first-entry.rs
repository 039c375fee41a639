//! Going back begins at the first entry of the block each time.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        if self.restarts_before(end) == 0 {
            return Ok(());
        }
        let index = 0;
        self.read_restart(index)?;
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
