//! The walk forward does not end where it has passed the end that it looks for, and reads on to the
//! end of the block.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
        };
        self.read_restart(index)?;
        while let Some(entry) = &self.entry
            && entry.value.end != end
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
