//! A key that a batch writes twice becomes two versions with the same timestamp.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<_> = batch.iter().collect();
    entries.sort_by_key(|entry| entry.key);
    entries
}
