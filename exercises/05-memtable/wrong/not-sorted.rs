//! The writes stay in the order in which they were added.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<BatchEntry<'_>> = Vec::new();
    for entry in batch.iter() {
        match entries.iter_mut().find(|other| other.key == entry.key) {
            Some(other) => *other = entry,
            None => entries.push(entry),
        }
    }
    entries
}
