//! After a write or sync that failed, the manifest goes on as if nothing had happened.

impl Manifest {
    fn install(&mut self, edit: &Edit) -> Result<Arc<Version>> {
        self.check_usable()?;
        let mut version = self.version.apply(edit)?;
        if self.active.has_grown(&self.options) {
            version = self.begin_anew(&version)?;
        } else {
            self.active.append(edit)?;
        }
        self.failed = false;
        self.version = Arc::new(version);
        Ok(self.current())
    }
}
