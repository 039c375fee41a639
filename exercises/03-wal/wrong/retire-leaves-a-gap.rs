//! The newest of the segments that nobody needs goes first, so an interruption leaves a gap.

impl Writer {
    pub fn retire(&mut self, needed_from: Position) -> Result<()> {
        let is_unneeded = |earlier: &Earlier| earlier.end <= needed_from;
        if !self.earlier.front().is_some_and(is_unneeded) {
            return Ok(());
        }
        self.attempt(|writer| writer.secure_beginning(needed_from))?;
        while let Some(oldest) = self.earlier.iter().rfind(|oldest| is_unneeded(oldest)) {
            let path = &oldest.file.path;
            self.environment.fs.remove(path).context("remove", path)?;
            let number = oldest.file.number;
            self.unsynced.retain(|segment| segment.number != number);
            self.earlier.retain(|earlier| earlier.file.number != number);
        }
        Ok(())
    }
}
