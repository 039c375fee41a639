//! CURRENT itself is written. A power cut in between leaves a half of it.

impl Current {
    pub(crate) fn replace(self, environment: &Environment, directory: &Path) -> Result<()> {
        let fs = &*environment.fs;
        let (next, path) = (
            FileName::NextCurrent.path(directory),
            FileName::Current.path(directory),
        );
        let header = Header::new(Magic::CURRENT, self.manifest, environment.clock.unix_us());
        let file = create_anew(fs, &path)?;
        file.write_all_at(0, &header.encode())
            .context("write to", &path)?;
        file.sync_data().context("sync", &path)?;
        fs.sync_dir(directory).context("sync", directory)?;
        let _ = next;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
