//! That the rename failed is not passed on.

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
        let _ = fs.rename(&next, &path);
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
