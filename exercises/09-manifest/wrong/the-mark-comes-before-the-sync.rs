//! The mark is written before the sync. A power cut can keep it and lose the edit, and then a
//! normal crash looks like damage.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.end += size;
        self.write(Kind::Mark, &[])?;
        self.file.sync_data().context("sync", &self.path)?;
        Ok(())
    }
}
