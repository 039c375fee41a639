//! `CURRENT` names a manifest whose own name is not on the disk yet: the directory is synced only
//! after the rename, and a power cut in between may keep one name and lose the other.
//!
//! origin: mini-lsm #172
//! package: ferrisdb-manifest
//! caught by: powercut, 50000

impl Current {
    pub(crate) fn replace(self, environment: &Environment, directory: &Path) -> Result<()> {
        let fs = &*environment.fs;
        let (next, path) = (
            FileName::NextCurrent.path(directory),
            FileName::Current.path(directory),
        );
        let header = Header::new(Magic::CURRENT, self.manifest, environment.clock.unix_us());
        let file = create_anew(fs, &next)?;
        file.write_all_at(0, &header.encode())
            .context("write to", &next)?;
        file.sync_data().context("sync", &next)?;
        fs.rename(&next, &path).context("rename", &next)?;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
