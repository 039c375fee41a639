//! What is kept is synced, but not written again: bytes that an earlier, failed sync gave up are
//! shown to the reader and never reach the disk.

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
        file.sync_data().context("sync", path)?;
    }
    Ok(())
}
