//! Only the table that begins before the new one is asked whether it is in the way, and the one
//! that begins behind it is not.

pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    if level == 0 {
        return Ok(tables.partition_point(|other| other.is_newer_than(table)));
    }
    let smallest = &table.smallest.user_key;
    let place = tables.partition_point(|other| other.smallest.user_key < *smallest);
    // All before it end before the table begins, so only the next one can be in the way.
    match tables[..place].last() {
        Some(other) if table.smallest.user_key <= other.largest.user_key => Err(Refusal::Overlap {
            level,
            first: Box::new(TableMeta::clone(other)),
            second: Box::new(table.clone()),
        }),
        _ => Ok(place),
    }
}
