//! All of level 0 leaves, whether it overlaps or not. Nothing gets lost, and a table that could be
//! moved is written anew.

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let mut range = KeyRange::of(leaves);
    loop {
        let overlap: Vec<_> = level.iter().collect();
        let wider = overlap
            .iter()
            .fold(range, |range, table| range.and(KeyRange::of(table)));
        if wider == range {
            return overlap.into_iter().cloned().collect();
        }
        range = wider;
    }
}
