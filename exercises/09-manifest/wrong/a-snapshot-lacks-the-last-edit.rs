//! The manifest is begun anew with the version before the edit.

impl Manifest {
    fn begin_anew(&mut self, version: &Version) -> Result<Version> {
        let number = self.next_number;
        self.next_number += 1;
        let (active, version) = begin(&self.environment, &self.directory, number, &self.version)?;
        let old = std::mem::replace(&mut self.active, active);
        // What cannot be removed now does no harm, and is removed as an orphan later.
        let _ = self.environment.fs.remove(&old.path);
        Ok(version)
    }
}
