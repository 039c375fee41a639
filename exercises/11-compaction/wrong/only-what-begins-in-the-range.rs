//! Only tables that begin in the range are found. One that begins before it reaches into it as
//! well.

pub fn in_level<'a>(level: &'a [Arc<TableMeta>], range: KeyRange<'_>) -> &'a [Arc<TableMeta>] {
    let start = level.partition_point(|table| &*table.smallest.user_key < range.first);
    let end = level.partition_point(|table| &*table.smallest.user_key <= range.last);
    &level[start..end]
}
