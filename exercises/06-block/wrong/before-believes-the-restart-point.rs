//! Whether the walk forward met the end is not looked at, so a damaged restart point leads to an
//! entry that does not exist.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
        };
        self.read_restart(index)?;
        while let Some(entry) = &self.entry
            && entry.value.end < end
        {
            self.next()?;
        }
        Ok(())
    }
}
