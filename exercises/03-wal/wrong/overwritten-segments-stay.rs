//! A segment that nobody needs is removed only if its header has its own number. One that was about
//! to be used again when the power went stays for ever.

pub(crate) fn split<'f>(
    fs: &dyn FileSystem,
    files: &'f [SegmentFile],
    needed_from: Position,
) -> Result<(Vec<SegmentFile>, &'f [SegmentFile])> {
    let mut first = 0;
    if needed_from > Position(0) {
        for (index, file) in files.iter().enumerate().rev() {
            let header = read_header(fs, file)?;
            if header.is_some_and(|header| header.start <= needed_from) {
                first = index;
                break;
            }
        }
    }
    let (before, rest) = files.split_at(first);
    let mut unneeded = Vec::new();
    for file in before {
        if read_header(fs, file)?.is_some() {
            unneeded.push(file.clone());
        }
    }
    Ok((unneeded, rest))
}
