//! The new name of `CURRENT` is not made durable before the manifest that it named until then is
//! removed: a power cut may bring the old `CURRENT` back, and its manifest is gone.
//!
//! origin: leveldb #195
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
        fs.sync_dir(directory).context("sync", directory)?;
        fs.rename(&next, &path).context("rename", &next)?;
        Ok(())
    }
}
