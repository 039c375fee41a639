//! `CURRENT` is written in its place rather than beside it: a power cut in between leaves an empty
//! one.
//!
//! origin: the classic mistake of replacing a file without a rename
//! package: ferrisdb-manifest
//! caught by: powercut, 50000

impl Current {
    pub(crate) fn replace(self, environment: &Environment, directory: &Path) -> Result<()> {
        let fs = &*environment.fs;
        let path = FileName::Current.path(directory);
        let header = Header::new(Magic::CURRENT, self.manifest, environment.clock.unix_us());
        let file = create_anew(fs, &path)?;
        file.write_all_at(0, &header.encode())
            .context("write to", &path)?;
        file.sync_data().context("sync", &path)?;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
