//! The numbers of files are counted in memory only, so that a database that is opened after a
//! crash gives out numbers that files have already.
//!
//! origin: engines that derive the next file number from the tables that the manifest names
//! package: ferrisdb-manifest
//! caught by: powercut, 50000

impl Manifest {
    pub fn open(
        environment: &Environment,
        directory: &Path,
        options: Options,
    ) -> Result<(Self, Recovery)> {
        let fs = &*environment.fs;
        fs.create_dir(directory).context("create", directory)?;
        let recovery = Self::read(environment, directory)?;
        let number = free_number(fs, directory, recovery.version.next_number())?;
        let (active, version) = begin(environment, directory, number, &recovery.version)?;
        let version = Arc::new(version);
        let used = version.tables().map(|(_, table)| table.number).max();
        let manifest = Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options,
            active,
            recovered: Arc::clone(&version),
            version,
            first_number: number,
            next_number: used.unwrap_or(0) + 1,
            failed: false,
        };
        Ok((manifest, recovery))
    }
}
