//! A segment goes when it starts below the position, although what is needed lies in it.

impl Writer {
    pub fn retire(&mut self, needed_from: Position) -> Result<()> {
        let is_unneeded = |earlier: &Earlier| earlier.start <= needed_from;
        if !self.earlier.front().is_some_and(is_unneeded) {
            return Ok(());
        }
        self.attempt(|writer| writer.secure_beginning(needed_from))?;
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
