//! The torn tail is cut off, and what is kept is not synced: batches that were replayed once
//! can be gone after the next power cut.

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
        rewrite(&*file, walk.mark.0.saturating_sub(kept.start.0), kept.size)
            .context("rewrite", path)?;
    }
    Ok(())
}
