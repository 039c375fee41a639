//! No mark is written, so damage to the last edit looks like a torn tail.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.file.sync_data().context("sync", &self.path)?;
        self.end += size;
        Ok(())
    }
}
