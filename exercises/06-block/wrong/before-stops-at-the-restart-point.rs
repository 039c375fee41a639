//! Going back goes to the restart point, and not to the entry before.

impl Cursor {
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        match self.restarts_before(end).checked_sub(1) {
            Some(index) => self.read_restart(index),
            None => Ok(()),
        }
    }
}
