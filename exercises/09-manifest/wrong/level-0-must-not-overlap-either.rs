//! Tables of level 0 are refused if they overlap, and two flushes nearly always do.

pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    if level == 0 {
        let keys = &*table.smallest.user_key..=&*table.largest.user_key;
        if let Some(other) = tables.iter().find(|other| other.overlaps(keys.clone())) {
            return Err(Refusal::Overlap {
                level,
                first: Box::new(TableMeta::clone(other)),
                second: Box::new(table.clone()),
            });
        }
        return Ok(tables.partition_point(|other| other.is_newer_than(table)));
    }
    let smallest = &table.smallest.user_key;
    let place = tables.partition_point(|other| other.largest.user_key < *smallest);
    // All before it end before the table begins, so only the next one can be in the way.
    match tables.get(place) {
        Some(other) if other.smallest.user_key <= table.largest.user_key => Err(Refusal::Overlap {
            level,
            first: Box::new(TableMeta::clone(other)),
            second: Box::new(table.clone()),
        }),
        _ => Ok(place),
    }
}
