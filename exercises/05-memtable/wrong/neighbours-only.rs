//! Doubles are removed before the writes are sorted, so only those that happen to be neighbours are found.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<_> = batch.iter().collect();
    entries.reverse();
    entries.dedup_by_key(|entry| entry.key);
    entries.sort_by_key(|entry| entry.key);
    entries
}
