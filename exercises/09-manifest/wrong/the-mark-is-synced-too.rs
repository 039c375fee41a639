//! The mark is synced as well, which doubles the price of an edit.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.file.sync_data().context("sync", &self.path)?;
        self.end += size;
        self.write(Kind::Mark, &[])?;
        self.file.sync_data().context("sync", &self.path)?;
        Ok(())
    }
}
