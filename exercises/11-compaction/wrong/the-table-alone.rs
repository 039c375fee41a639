//! The table leaves level 0 alone. Older tables with the same keys stay, and are read first.

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let range = KeyRange::of(leaves);
    let is_it =
        |table: &&Arc<TableMeta>| KeyRange::of(table) == range && table.number == leaves.number;
    level.iter().filter(is_it).cloned().collect()
}
