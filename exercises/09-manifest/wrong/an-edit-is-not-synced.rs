//! The edit is written and not synced, so a power cut takes what was acknowledged.

impl Active {
    fn append(&mut self, edit: &Edit) -> Result<()> {
        let mut payload = Vec::new();
        edit.encode(&mut payload);
        let size = self.write(Kind::Edit, &payload)?;
        self.end += size;
        self.write(Kind::Mark, &[])?;
        Ok(())
    }
}
