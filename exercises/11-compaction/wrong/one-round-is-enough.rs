//! The tables that overlap the first one are taken along, and what these overlap stays. It is
//! older than some of what leaves, and hides it from then on.

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let mut range = KeyRange::of(leaves);
    loop {
        let overlap: Vec<_> = level
            .iter()
            .filter(|table| range.overlaps(KeyRange::of(table)))
            .collect();
        let wider = overlap
            .iter()
            .fold(range, |range, table| range.and(KeyRange::of(table)));
        range = wider;
        return overlap.into_iter().cloned().collect();
    }
}
