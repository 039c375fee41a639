//! That the mark could not be written is not passed on, so the manifest goes on after a write
//! that failed.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.file.sync_data().context("sync", &self.path)?;
        self.end += size;
        let _ = self.write(Kind::Mark, &[]);
        Ok(())
    }
}
