//! Of two tables with the same newest timestamp the one that came later is always put first,
//! whatever its number.

pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    if level == 0 {
        return Ok(
            tables.partition_point(|other| other.largest_timestamp > table.largest_timestamp)
        );
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
