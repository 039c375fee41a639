//! Only tables that are older than the first one are taken along. What leaves may be older than a
//! table that stays, that is right; but then the range has to hold together, and it does not.

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let mut range = KeyRange::of(leaves);
    loop {
        let overlap: Vec<_> = level
            .iter()
            .filter(|table| table.number <= leaves.number && range.overlaps(KeyRange::of(table)))
            .collect();
        let wider = overlap
            .iter()
            .fold(range, |range, table| range.and(KeyRange::of(table)));
        if wider == range {
            return overlap.into_iter().cloned().collect();
        }
        range = wider;
    }
}
