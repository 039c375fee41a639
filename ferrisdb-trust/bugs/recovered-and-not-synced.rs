//! What a killed process has left in the cache of the operating system is read, and shown, and not
//! made durable: a power cut after the recovery takes it away again.
//!
//! origin: Pillai et al., "All file systems are not created equal", 2014
//! package: ferrisdb-wal
//! caught by: powercut, 50000

pub(crate) fn repair(fs: &dyn FileSystem, directory: &Path, walk: &Walk) -> Result<()> {
    for file in walk.behind.iter().rev() {
        fs.remove(&file.path).context("remove", &file.path)?;
    }
    fs.sync_dir(directory).context("sync", directory)?;
    for kept in walk.kept.iter().filter(|kept| kept.end() > walk.mark) {
        let path = &kept.file.path;
        let file = fs.open(path, Access::ReadWrite).context("open", path)?;
        if file.size().context("read the size of", path)? > kept.size {
            file.truncate(kept.size).context("cut", path)?;
        }
    }
    Ok(())
}
