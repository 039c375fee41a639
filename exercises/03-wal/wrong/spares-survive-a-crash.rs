//! What a crash left of the spares is used again. It may hold records of a number that the log
//! gives out a second time.

pub(crate) fn remove_leftovers(
    fs: &dyn FileSystem,
    directory: &Path,
    unneeded: &[SegmentFile],
) -> Result<()> {
    for SegmentFile { path, .. } in unneeded {
        fs.remove(path).context("remove", path)?;
    }
    Ok(())
}

impl FileSystem for Recycler {
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let directory = path.parent().unwrap_or(Path::new("/"));
        let is_spare = |path: &PathBuf| path.extension().is_some_and(|name| name == "spare");
        let spare = self.fs.list(directory)?.into_iter().find(is_spare);
        let file = if let Some(spare) = spare {
            self.fs.rename(&spare, path)?;
            let file = self.fs.open(path, Access::ReadWrite)?;
            file.truncate(file.size()?.min(self.size))?;
            file
        } else {
            self.fs.create(path)?
        };
        lay_out(&*file, self.preallocate, self.size)?;
        Ok(file)
    }
}
