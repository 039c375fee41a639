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
use std::path::{Path, PathBuf};

use ferrisdb_storage::{Batch, Db, Error, KEY_SIZE_MAX, SyncMode, VALUE_SIZE_MAX};
use serde_json::Value;

use crate::data::{Form, Pair, fits};
use crate::failure::{Failure, Result, cannot, chain, tell};
use crate::progress::Bar;
use crate::text::{count, unescape};

/// A batch is written once it has this many bytes.
const BATCH_SIZE: usize = 1 << 20;

/// Where the lines come from that are loaded.
pub(crate) struct Input {
    lines: BufReader<Box<dyn Read>>,
    name: String,
    size: Option<u64>,
}

impl Input {
    /// Opens a file, or standard input where there is none.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self> {
        let (input, name, size): (Box<dyn Read>, String, Option<u64>) = match file {
            None => (Box::new(io::stdin()), "standard input".to_owned(), None),
            Some(path) => {
                let open = || {
                    let file = File::open(path)?;
                    let metadata = file.metadata()?;
                    if metadata.is_dir() {
                        return Err(io::ErrorKind::IsADirectory.into());
                    }
                    io::Result::Ok((file, metadata.len()))
                };
                let (file, size) = open().map_err(|error| cannot("open", path, &error))?;
                (Box::new(file), path.display().to_string(), Some(size))
            }
        };
        Ok(Self {
            lines: BufReader::with_capacity(1 << 20, input),
            name,
            size,
        })
    }

    /// Reads a line with what ends it, and says how many bytes it has; none at the end. Of a line that
    /// is too long, it reads one byte too many.
    fn read(&mut self, line: &mut Vec<u8>, size_max: usize) -> io::Result<usize> {
        line.clear();
        let mut part = (&mut self.lines).take(size_max as u64 + 1);
        part.read_until(b'\n', line)
    }
}

/// No line with a key and a value that are allowed is longer, in bytes: `\x00` has four characters for
/// a byte, and `\u0000` in JSON six.
fn line_size_max(form: Form) -> usize {
    const REST: usize = 4 << 10;
    let of_a_byte = if form.json { 6 } else { 4 };
    (KEY_SIZE_MAX + VALUE_SIZE_MAX) * of_a_byte + REST
}

/// Reads lines and puts each into the database. Everything is durable when this returns.
pub(crate) fn load(db: &Db, mut input: Input, form: Form, bar: &Bar) -> Result<u64> {
    bar.begin("loading", input.size);
    let (mut batch, mut line) = (Batch::new(), Vec::new());
    let (mut number, mut written) = (0, 0);
    loop {
        let read = input.read(&mut line, line_size_max(form));
        let read = read.map_err(|error| {
            let name = &input.name;
            Failure::Could(format!(
                "cannot read line {} of {name}: {error}",
                number + 1
            ))
        })?;
        if read == 0 {
            break;
        }
        let loaded = text(&line, form).and_then(|text| pair(text, form));
        let (key, value) = loaded.and_then(fits).map_err(|why| {
            let name = &input.name;
            let loaded = if number == 0 {
                "Nothing was loaded".to_owned()
            } else {
                let before = count(number, "line before it was", "lines before it were");
                format!("At most {before} loaded; loading again does no harm")
            };
            Failure::Could(format!("line {} of {name}: {why}. {loaded}", number + 1))
        })?;
        number += 1;
        batch.put(key, value);
        if batch.size() >= BATCH_SIZE {
            db.write_with(&batch, SyncMode::None)
                .map_err(|error| unwritten(&error, written, &input.name))?;
            written = number;
            batch.clear();
        }
        bar.add(read as u64);
        // An object that was cut is none any more, but a value that was cut is a value.
        if !line.ends_with(b"\n") && !form.json {
            tell(format_args!(
                "note: the last line of {} has no end; if the file was cut, its value is not whole",
                input.name
            ));
        }
    }
    db.write_with(&batch, SyncMode::None)
        .and_then(|()| db.sync())
        .map_err(|error| unwritten(&error, written, &input.name))?;
    bar.end();
    Ok(number)
}

/// The lines of a file could not be written.
fn unwritten(error: &Error, written: u64, name: &str) -> Failure {
    let lines = count(written, "line", "lines");
    Failure::Could(format!(
        "{}. At most {lines} of {name} reached the database; loading again does no harm",
        chain(error)
    ))
}

/// A line as text, without what ends it.
fn text(line: &[u8], form: Form) -> Result<&str, String> {
    let size_max = line_size_max(form);
    if line.len() > size_max {
        return Err(format!(
            "it is longer than {size_max} bytes, and no key with its value takes so many"
        ));
    }
    let text = str::from_utf8(line)
        .map_err(|error| format!("it is no UTF-8 ({error}); write other bytes as \\xNN"))?;
    Ok(text.strip_suffix('\n').unwrap_or(text))
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
///
/// A file gets its name at the end, so that what was interrupted is never taken for the whole.
pub(crate) fn dump(db: &Db, file: Option<&Path>, form: Form, bar: &Bar) -> Result<u64> {
    let Some(path) = file else {
        return write_all(db, io::stdout(), Failure::from, form, bar);
    };
    check_is_free(path)?;
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let output = File::create_new(&part).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Could(format!(
            "{} is there already: another dump is writing it, or was interrupted; if none runs, \
             remove it",
            part.display()
        )),
        _ => cannot("create", path, &error),
    })?;
    bar.begin("dumping", None);
    let failed = |error: io::Error| Failure::could(error);
    let count = write_all(db, &output, failed, form, bar).and_then(|count| {
        output.sync_all().map_err(failed)?;
        check_is_free(path)?;
        fs::rename(&part, path).map_err(failed)?;
        Ok(count)
    });
    bar.end();
    count.map_err(|failure| {
        // It would stand in the way of the next try. The first failure is the one to tell.
        let _ = fs::remove_file(&part);
        failure.within(&format!("cannot dump to {}", path.display()))
    })
}

/// No file is overwritten.
fn check_is_free(path: &Path) -> Result {
    if path.symlink_metadata().is_ok() {
        return Err(cannot("create", path, &io::ErrorKind::AlreadyExists.into()));
    }
    Ok(())
}

fn write_all(
    db: &Db,
    output: impl Write,
    failed: impl Fn(io::Error) -> Failure,
    form: Form,
    bar: &Bar,
) -> Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, output);
    let mut cursor = db.cursor();
    cursor.seek_to_first()?;
    let mut count = 0;
    while cursor.is_valid() {
        form.write_pair(&mut out, cursor.key(), cursor.value())
            .map_err(&failed)?;
        count += 1;
        bar.add((cursor.key().len() + cursor.value().len()) as u64);
        cursor.next()?;
    }
    out.flush().map_err(failed)?;
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
