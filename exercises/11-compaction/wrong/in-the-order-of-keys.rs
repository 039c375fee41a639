//! The tables come in the order of their keys. In level 0 order is age, and whoever merges or
//! moves the tables relies on it.

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
        if wider == range {
            let mut tables: Vec<_> = overlap.into_iter().cloned().collect();
            tables.sort_by(|a, b| a.smallest.user_key.cmp(&b.smallest.user_key));
            return tables;
        }
        range = wider;
    }
}
