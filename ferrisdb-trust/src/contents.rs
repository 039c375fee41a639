//! What is in a database: keys and their values.

use std::collections::BTreeMap;

use ferrisdb_storage::Cursor;
use ferrisdb_testkit::show;

use crate::history::Change;

/// Keys and their values.
pub(crate) type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// Everything that a cursor shows, in both directions.
pub(crate) fn contents(mut cursor: Cursor) -> ferrisdb_storage::Result<Map> {
    let mut map = Map::new();
    cursor.seek_to_first()?;
    let mut forwards = Vec::new();
    while cursor.is_valid() {
        forwards.push(cursor.key().to_vec());
        map.insert(cursor.key().to_vec(), cursor.value().to_vec());
        cursor.next()?;
    }
    cursor.seek_to_last()?;
    while cursor.is_valid() {
        assert_eq!(
            forwards.pop().as_deref(),
            Some(cursor.key()),
            "back as it went"
        );
        cursor.prev()?;
    }
    assert!(forwards.is_empty(), "back as it went: {forwards:?}");
    Ok(map)
}

/// Does what a batch does.
pub(crate) fn apply(map: &mut Map, changes: &[Change]) {
    for (key, value) in changes {
        match value {
            Some(value) => map.insert(key.clone(), value.clone()),
            None => map.remove(key),
        };
    }
}

/// Contents as a person reads them.
pub(crate) fn list(map: &Map) -> String {
    if map.is_empty() {
        return "nothing".to_owned();
    }
    let pairs = map
        .iter()
        .map(|(key, value)| format!("{} = {}", show(key), show(value)));
    pairs.collect::<Vec<_>>().join(", ")
}
