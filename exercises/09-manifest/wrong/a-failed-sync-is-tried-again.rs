//! A sync that fails is tried again. The second one succeeds, because the operating system has
//! given the bytes up.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        if self.file.sync_data().is_err() {
            self.file.sync_data().context("sync", &self.path)?;
        }
        self.end += size;
        self.write(Kind::Mark, &[])?;
        Ok(())
    }
}
