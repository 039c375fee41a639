//! CURRENT gets its name without a sync: after a power cut the name is there and the bytes are not.

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
        fs.sync_dir(directory).context("sync", directory)?;
        fs.rename(&next, &path).context("rename", &next)?;
        fs.sync_dir(directory).context("sync", directory)?;
        Ok(())
    }
}
