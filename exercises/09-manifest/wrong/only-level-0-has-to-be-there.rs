//! Only the tables of level 0 are looked for, so files are removed although a table below is
//! missing.

impl Manifest {
    pub fn remove_orphans(&self) -> Result<Orphans> {
        self.check_usable()?;
        let (fs, directory) = (&*self.environment.fs, &self.directory);
        let paths = fs.list(directory).context("list", directory)?;
        let names: HashSet<FileName> = paths
            .iter()
            .filter_map(|path| FileName::from_path(path))
            .collect();
        for (level, table) in self.current().tables() {
            let (name, number) = (FileName::Table(table.number), table.number);
            if level == 0 && !names.contains(&name) {
                let path = name.path(directory);
                return Err(Error::MissingTable {
                    path,
                    number,
                    level,
                });
            }
        }
        let mut orphans = Orphans::default();
        for path in paths {
            if FileName::from_path(&path).is_some_and(|name| self.is_orphan(name)) {
                fs.remove(&path).context("remove", &path)?;
                orphans.removed.push(path);
            }
        }
        Ok(orphans)
    }
}
