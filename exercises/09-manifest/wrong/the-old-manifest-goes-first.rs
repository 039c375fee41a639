//! The old manifest is removed before the new one is current.

impl Manifest {
    fn begin_anew(&mut self, version: &Version) -> Result<Version> {
        let _ = self.environment.fs.remove(&self.active.path);
        let number = self.next_number;
        self.next_number += 1;
        let (active, version) = begin(&self.environment, &self.directory, number, version)?;
        let old = std::mem::replace(&mut self.active, active);
        // What cannot be removed now does no harm, and is removed as an orphan later.
        let _ = self.environment.fs.remove(&old.path);
        Ok(version)
    }
}
