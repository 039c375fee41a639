//! The end is moved behind the mark, so there is an edit behind a mark.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.file.sync_data().context("sync", &self.path)?;
        self.end += size;
        self.end += self.write(Kind::Mark, &[])?;
        Ok(())
    }
}
