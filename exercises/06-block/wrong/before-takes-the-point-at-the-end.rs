//! The restart point at the end itself counts as one before it, so going back from a restart point
//! goes nowhere.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end + 1);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
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
