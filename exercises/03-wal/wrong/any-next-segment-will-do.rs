//! Whatever lies behind the last valid record of a segment is taken for room if there is a next
//! segment, wherever that starts.

pub(crate) fn is_followed(
    fs: &dyn FileSystem,
    damage: &Damage,
    next: Option<&SegmentFile>,
) -> Result<bool> {
    Ok(next.is_some())
}
