//! One table leaves level 0 alone, and older ones that overlap it stay, where they are read first.
//!
//! origin: leveldb #205 warns of it: "we must not pick one file and drop another older file"
//! package: ferrisdb-compaction
//! caught by: lockstep, 20000

pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    let is_it = |table: &&Arc<TableMeta>| table.number == leaves.number;
    level.iter().filter(is_it).cloned().collect()
}
