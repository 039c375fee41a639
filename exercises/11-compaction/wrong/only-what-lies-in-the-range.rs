//! Only tables that lie wholly in the range are found.

pub fn in_level<'a>(level: &'a [Arc<TableMeta>], range: KeyRange<'_>) -> &'a [Arc<TableMeta>] {
    let start = level.partition_point(|table| &*table.smallest.user_key < range.first);
    let end = level.partition_point(|table| &*table.largest.user_key <= range.last);
    &level[start..end.max(start)]
}
