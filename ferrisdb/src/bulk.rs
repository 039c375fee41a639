//! Many keys at once: `load` and `dump`.
//!
//! ```text
//!   dump   key ⟶ tab ⟶ value, a line each, in the order of the keys   ──▶ load
//! ```
//!
//! What `dump` writes, `load` reads, whatever bytes keys and values are made of; with `--json` both
//! speak of one object a line instead.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use ferrisdb_storage::{Batch, Db, Error, KEY_SIZE_MAX, SyncMode, VALUE_SIZE_MAX};
use serde_json::Value;

use crate::data::Form;
use crate::failure::{Failure, Result, chain};
use crate::progress::Bar;
use crate::text::unescape;

/// A batch is written once it has this many bytes.
const BATCH_SIZE: usize = 1 << 20;

/// Reads lines from a file, or from standard input where there is none, and puts each into the
/// database. Everything is durable when this returns.
pub(crate) fn load(db: &Db, file: Option<&Path>, form: Form, bar: &Bar) -> Result<u64> {
    let (input, name, size): (Box<dyn Read>, String, Option<u64>) = match file {
        None => (Box::new(io::stdin()), "standard input".to_owned(), None),
        Some(path) => {
            let open = || {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                io::Result::Ok((file, size))
            };
            let (file, size) = open().map_err(|error| {
                Failure::Could(format!("cannot open {}: {error}", path.display()))
            })?;
            (Box::new(file), path.display().to_string(), Some(size))
        }
    };
    bar.begin("loading", size);
    let mut lines = BufReader::with_capacity(1 << 20, input);
    let (mut batch, mut line) = (Batch::new(), String::new());
    let (mut number, mut written) = (0, 0);
    loop {
        line.clear();
        let read = lines.read_line(&mut line).map_err(|error| {
            Failure::Could(format!(
                "cannot read line {} of {name}: {error}",
                number + 1
            ))
        })?;
        if read == 0 {
            break;
        }
        number += 1;
        let text = line.strip_suffix('\n').unwrap_or(&line);
        let loaded = pair(text, form).and_then(fits);
        let (key, value) = loaded.map_err(|why| {
            let before = number - 1;
            Failure::Could(format!(
                "line {number} of {name}: {why}. At most the {before} lines before it were loaded; \
                 loading again does no harm"
            ))
        })?;
        batch.put(key, value);
        if batch.size() >= BATCH_SIZE {
            db.write_with(&batch, SyncMode::None)
                .map_err(|error| unwritten(&error, written, &name))?;
            written = number;
            batch.clear();
        }
        bar.add(read as u64);
    }
    db.write_with(&batch, SyncMode::None)
        .and_then(|()| db.sync())
        .map_err(|error| unwritten(&error, written, &name))?;
    bar.end();
    Ok(number)
}

type Pair = (Vec<u8>, Vec<u8>);

/// The lines of a file could not be written.
fn unwritten(error: &Error, written: u64, name: &str) -> Failure {
    Failure::Could(format!(
        "{}. At most the first {written} lines of {name} were loaded; loading again does no harm",
        chain(error)
    ))
}

/// A key and a value, if they are not too large.
fn fits((key, value): Pair) -> Result<Pair, String> {
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

/// The key and the value on a line.
fn pair(line: &str, form: Form) -> Result<Pair, String> {
    if form.json {
        let object: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let field = |name| {
            let text = object.get(name).and_then(Value::as_str);
            text.ok_or_else(|| format!("there is no text called \"{name}\" in the object"))
                .and_then(unescape)
        };
        return Ok((field("key")?, field("value")?));
    }
    let (key, value) = line
        .split_once('\t')
        .ok_or("there is no tab between key and value")?;
    Ok((unescape(key)?, unescape(value)?))
}

/// Writes every key with its value, in order; returns how many.
pub(crate) fn dump(db: &Db, file: Option<&Path>, form: Form, bar: &Bar) -> Result<u64> {
    let Some(path) = file else {
        return write_all(db, io::stdout(), form, bar);
    };
    let output = File::create_new(path)
        .map_err(|error| Failure::Could(format!("cannot create {}: {error}", path.display())))?;
    bar.begin("dumping", None);
    let count = write_all(db, output, form, bar);
    bar.end();
    count.map_err(|failure| {
        // A part would pass for the whole, and stand in the way of the next try. The first failure
        // is the one to tell.
        let _ = fs::remove_file(path);
        failure.within(&format!("cannot dump to {}", path.display()))
    })
}

fn write_all(db: &Db, output: impl Write, form: Form, bar: &Bar) -> Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, output);
    let mut cursor = db.cursor();
    cursor.seek_to_first()?;
    let mut count = 0;
    while cursor.is_valid() {
        form.write_pair(&mut out, cursor.key(), cursor.value())?;
        count += 1;
        bar.add((cursor.key().len() + cursor.value().len()) as u64);
        cursor.next()?;
    }
    out.flush()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_key_and_a_value() {
        let plain = Form { json: false };
        assert_eq!(
            pair("a\tb\\tc", plain),
            Ok((b"a".to_vec(), b"b\tc".to_vec()))
        );
        assert_eq!(pair("\t", plain), Ok((Vec::new(), Vec::new())));
        pair("a", plain).expect_err("no value");
        pair("a\\\tb", plain).expect_err("a backslash before the tab");
        let json = Form { json: true };
        let line = r#"{"key": "a\\x00", "value": ""}"#;
        assert_eq!(pair(line, json), Ok((b"a\0".to_vec(), Vec::new())));
        for line in ["", "{}", r#"{"key": 1, "value": ""}"#, r#"{"key": "a"}"#] {
            pair(line, json).expect_err(line);
        }
    }
}
