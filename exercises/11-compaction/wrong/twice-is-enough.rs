//! One looks through the level once from each end. What touches only what was found on the way
//! back stays, and may be older than some of what leaves.

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let mut range = KeyRange::of(leaves);
    for table in level.iter().chain(level.iter().rev()) {
        if range.overlaps(KeyRange::of(table)) {
            range = range.and(KeyRange::of(table));
        }
    }
    let overlap = level
        .iter()
        .filter(|table| range.overlaps(KeyRange::of(table)));
    overlap.cloned().collect()
}
