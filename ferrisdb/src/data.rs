//! Reading and writing keys: `get`, `put`, `del`, `scan`.

use std::io::{self, Write as _};
use std::ops::Bound;

use ferrisdb_storage::{Batch, Cursor, Db, KEY_SIZE_MAX, VALUE_SIZE_MAX};
use serde_json::json;

use crate::failure::{Failure, Result};
use crate::text::{escape, short, unescape};

/// How keys and values are given and shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// One JSON object a line.
    pub(crate) json: bool,
}

impl Form {
    /// A key with its value, on a line.
    pub(crate) fn write_pair(
        self,
        out: &mut impl io::Write,
        key: &[u8],
        value: &[u8],
    ) -> io::Result<()> {
        let (key, value) = (escape(key), escape(value));
        if self.json {
            writeln!(out, "{}", json!({ "key": key, "value": value }))
        } else {
            writeln!(out, "{key}\t{value}")
        }
    }
}

/// A key or value as it was typed.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>> {
    unescape(text).map_err(Failure::Could)
}

pub(crate) fn get(db: &Db, key: &[u8], form: Form) -> Result {
    let Some(value) = db.get(key)? else {
        return Err(Failure::No(format!("there is no key {}", short(key))));
    };
    let mut out = io::stdout().lock();
    if form.json {
        form.write_pair(&mut out, key, &value)?;
    } else {
        writeln!(out, "{}", escape(&value))?;
    }
    Ok(())
}

/// A key with its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A key and a value, if they are not too large.
pub(crate) fn fits((key, value): Pair) -> Result<Pair, String> {
    let too_large = |what, size, size_max| {
        Err(format!(
            "the {what} has {size} bytes, {size_max} is the most allowed"
        ))
    };
    if key.len() > KEY_SIZE_MAX {
        return too_large("key", key.len(), KEY_SIZE_MAX);
    }
    if value.len() > VALUE_SIZE_MAX {
        return too_large("value", value.len(), VALUE_SIZE_MAX);
    }
    Ok((key, value))
}

pub(crate) fn del(db: &Db, keys: &[Vec<u8>]) -> Result {
    let mut batch = Batch::new();
    for key in keys {
        batch.delete(key);
    }
    db.write(&batch)?;
    Ok(())
}

/// Which keys a scan shows.
#[derive(Debug, Default)]
pub(crate) struct Range {
    pub(crate) from: Option<Vec<u8>>,
    pub(crate) to: Option<Vec<u8>>,
    pub(crate) prefix: Vec<u8>,
    pub(crate) limit: Option<u64>,
    pub(crate) reverse: bool,
    pub(crate) keys_only: bool,
}

impl Range {
    fn start(&self) -> &[u8] {
        self.from.as_deref().unwrap_or_default().max(&self.prefix)
    }

    fn contains(&self, key: &[u8]) -> bool {
        key >= self.start()
            && key.starts_with(&self.prefix)
            && self.to.as_deref().is_none_or(|to| key < to)
    }

    /// Goes to the first key that may be in the range, in the direction of the scan.
    fn begin(&self, cursor: &mut Cursor) -> Result {
        if !self.reverse {
            return Ok(cursor.seek(self.start())?);
        }
        let behind = match (&self.to, behind_prefix(&self.prefix)) {
            (Some(to), Some(end)) => Some(to.clone().min(end)),
            (Some(to), None) => Some(to.clone()),
            (None, end) => end,
        };
        match behind {
            None => cursor.seek_to_last()?,
            Some(end) => {
                cursor.seek_for_prev(&end)?;
                if cursor.is_valid() && cursor.key() == end {
                    cursor.prev()?;
                }
            }
        }
        Ok(())
    }

    /// The range's bounds, for whoever takes these.
    pub(crate) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let bound = |key: &Option<Vec<u8>>| key.is_some();
        let start = if bound(&self.from) {
            Bound::Included(self.start())
        } else {
            Bound::Unbounded
        };
        let end = self.to.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        (start, end)
    }
}

/// The first key behind all that begin with a prefix; `None` if there is no such key.
fn behind_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

pub(crate) fn scan(db: &Db, range: &Range, form: Form) -> Result {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut cursor = db.cursor();
    range.begin(&mut cursor)?;
    let mut left = range.limit.unwrap_or(u64::MAX);
    while left > 0 && cursor.is_valid() && range.contains(cursor.key()) {
        if range.keys_only && form.json {
            writeln!(out, "{}", json!({ "key": escape(cursor.key()) }))?;
        } else if range.keys_only {
            writeln!(out, "{}", escape(cursor.key()))?;
        } else {
            form.write_pair(&mut out, cursor.key(), cursor.value())?;
        }
        if range.reverse {
            cursor.prev()?;
        } else {
            cursor.next()?;
        }
        left -= 1;
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_prefix_comes_the_next_key_that_does_not_begin_with_it() {
        let cases: [(&[u8], Option<&[u8]>); 5] = [
            (b"a", Some(b"b")),
            (b"a\xff", Some(b"b")),
            (b"ab", Some(b"ac")),
            (b"", None),
            (b"\xff\xff", None),
        ];
        for (prefix, expected) in cases {
            assert_eq!(behind_prefix(prefix).as_deref(), expected, "{prefix:?}");
        }
    }
}
