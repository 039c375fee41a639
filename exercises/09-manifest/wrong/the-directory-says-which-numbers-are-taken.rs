//! The next number is one above the highest in the directory, so the number of a file that was
//! removed is handed out again.

fn free_number(fs: &dyn FileSystem, directory: &Path, next: u64) -> Result<u64> {
    let paths = fs.list(directory).context("list", directory)?;
    let names = paths.iter().filter_map(|path| FileName::from_path(path));
    let taken = names.filter_map(FileName::number).max();
    Ok(taken.map_or(next, |taken| taken + 1))
}
