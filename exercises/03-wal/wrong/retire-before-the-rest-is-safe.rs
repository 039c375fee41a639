//! Segments are removed before the one with which the log begins now is durable: a power cut can leave no log at all.

impl Writer {
    pub fn retire(&mut self, needed_from: Position) -> Result<()> {
        let is_unneeded = |earlier: &Earlier| earlier.end <= needed_from;
        if !self.earlier.front().is_some_and(is_unneeded) {
            return Ok(());
        }

        while let Some(oldest) = self.earlier.front().filter(|oldest| is_unneeded(oldest)) {
            let path = &oldest.file.path;
            self.environment.fs.remove(path).context("remove", path)?;
            let number = oldest.file.number;
            self.unsynced.retain(|segment| segment.number != number);
            self.earlier.pop_front();
        }
        Ok(())
    }
}
