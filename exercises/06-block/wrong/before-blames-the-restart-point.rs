//! Whatever is damaged on the way, the restart point is blamed for it.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
        };
        if self.read_restart(index).is_err() {
            return Err(self.bad_restart(index, "it leads to no entry"));
        }
        while let Some(entry) = &self.entry
            && entry.value.end < end
        {
            if self.next().is_err() {
                return Err(self.bad_restart(index, "an entry behind it is damaged"));
            }
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
