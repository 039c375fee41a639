//! Before the first entry comes the last one.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            let end = self.block.entries().len();
            return if end == 0 {
                Ok(())
            } else {
                self.read_before(end)
            };
        };
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
