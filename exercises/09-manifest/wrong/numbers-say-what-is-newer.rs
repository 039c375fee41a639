//! Level 0 is sorted by number. Numbers say when a file was begun, not what is in it.

pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    if level == 0 {
        return Ok(tables.partition_point(|other| other.number > table.number));
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
