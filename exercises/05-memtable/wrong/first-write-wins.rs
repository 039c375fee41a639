//! Where a batch writes a key twice, the first write is kept and not the last.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<_> = batch.iter().collect();
    entries.sort_by_key(|entry| entry.key);
    entries.dedup_by_key(|entry| entry.key);
    entries
}
