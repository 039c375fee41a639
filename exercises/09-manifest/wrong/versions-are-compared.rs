//! Tables are compared by internal key, so the versions of one key may lie in two tables of a
//! level, and a reader looks into one of them.

pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    if level == 0 {
        return Ok(tables.partition_point(|other| other.is_newer_than(table)));
    }
    let smallest = table.smallest.as_key();
    let place = tables.partition_point(|other| other.largest.as_key() < smallest);
    // All before it end before the table begins, so only the next one can be in the way.
    match tables.get(place) {
        Some(other) if other.smallest.as_key() <= table.largest.as_key() => Err(Refusal::Overlap {
            level,
            first: Box::new(TableMeta::clone(other)),
            second: Box::new(table.clone()),
        }),
        _ => Ok(place),
    }
}
