//! A CURRENT.tmp that a crash has left is an error, so the database cannot be opened any more.

impl Current {
    pub(crate) fn replace(self, environment: &Environment, directory: &Path) -> Result<()> {
        let fs = &*environment.fs;
        let (next, path) = (
            FileName::NextCurrent.path(directory),
            FileName::Current.path(directory),
        );
        let header = Header::new(Magic::CURRENT, self.manifest, environment.clock.unix_us());
        let file = fs.create(&next).context("create", &next)?;
        file.write_all_at(0, &header.encode())
            .context("write to", &next)?;
        file.sync_data().context("sync", &next)?;
        fs.sync_dir(directory).context("sync", directory)?;
        fs.rename(&next, &path).context("rename", &next)?;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
