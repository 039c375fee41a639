//! The highest mark, a position in the log, is taken for an offset in the file.

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
        rewrite(&*file, walk.mark.0, kept.size).context("rewrite", path)?;
        file.sync_data().context("sync", path)?;
    }
    Ok(())
}
