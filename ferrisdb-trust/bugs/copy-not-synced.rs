//! The names of a copy's tables are not synced before its manifest names them.
//!
//! origin: the directory of a backup that is not synced
//! package: ferrisdb-engine
//! caught by: powercut, 50000

impl Engine {
    fn copy(&self, version: &Version, directory: &Path) -> Result<Timestamp> {
        let environment = &self.tables.environment;
        let fs = &environment.fs;
        let last_timestamp = version.last_timestamp();
        let mut edit = Edit::new()
            .last_timestamp(last_timestamp)
            .next_number(version.next_number());
        for (level, meta) in version.tables() {
            edit = edit.add(level, Arc::clone(meta));
        }
        let new = Version::default().apply(&edit);
        let new = new.map_err(manifest::Error::from)?;
        Manifest::create(environment, directory, &new)?;
        for (_, meta) in version.tables() {
            let copy = TableFile::new(directory, meta.number).path;
            fs.hard_link(&self.tables.path(meta.number), &copy)
                .context("link", &copy)?;
        }
        Ok(last_timestamp)
    }
}
