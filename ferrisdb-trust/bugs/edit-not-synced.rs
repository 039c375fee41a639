//! An edit of the manifest counts before it is on the disk, and what it makes superfluous goes.
//!
//! origin: databases that take a write to their catalogue for durable; here, of the manifest
//! package: ferrisdb-manifest
//! caught by: powercut, 50000

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
