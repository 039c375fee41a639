//! A segment that is followed by another must end where its file ends, although its file may have
//! been laid out in advance, or held something else before.

pub(crate) fn is_followed(
    fs: &dyn FileSystem,
    damage: &Damage,
    next: Option<&SegmentFile>,
) -> Result<bool> {
    Ok(false)
}
