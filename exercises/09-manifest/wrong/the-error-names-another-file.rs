//! What fails at CURRENT.tmp is said of the directory, so whoever reads the message looks in
//! the wrong place.

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
            .context("write to", directory)?;
        file.sync_data().context("sync", directory)?;
        fs.sync_dir(directory).context("sync", directory)?;
        fs.rename(&next, &path).context("rename", directory)?;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
