//! The writes stay in the order in which they were added.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut places = std::collections::HashMap::new();
    let mut entries: Vec<BatchEntry<'_>> = Vec::new();
    for entry in batch.iter() {
        let place = *places.entry(entry.key).or_insert(entries.len());
        if place == entries.len() {
            entries.push(entry);
        } else {
            entries[place] = entry;
        }
    }
    entries
}
