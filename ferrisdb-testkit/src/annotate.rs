//! Bytes with their meaning beside them.

use std::fmt::Write;

/// How many bytes a line shows.
const LINE_SIZE: usize = 8;

/// A hex dump in which each field has its name and value beside it, for snapshots.
///
/// `fields` are sizes in bytes, names and values, one after the other from the first byte.
/// Bytes after the last field are shown too. A field that is not there in whole is marked as
/// missing.
///
/// ```
/// use ferrisdb_testkit::annotate;
///
/// let text = annotate(
///     b"FDB_WAL\0\x01\0\0\0rest",
///     &[
///         (8, "magic", r#""FDB_WAL\0""#.to_string()),
///         (4, "version", 1.to_string()),
///     ],
/// );
/// assert_eq!(text, "\
/// 0000  46 44 42 5f 57 41 4c 00  magic    \"FDB_WAL\\0\"
/// 0008  01 00 00 00              version  1
/// 000c  72 65 73 74              ?        \"rest\"
/// ");
/// ```
#[must_use]
pub fn annotate(bytes: &[u8], fields: &[(usize, &str, String)]) -> String {
    let names = fields.iter().map(|(_, name, _)| name.chars().count());
    let width = names.max().unwrap_or(0).max(1);
    let mut text = String::new();
    let mut offset = 0;
    for (size, name, value) in fields {
        let rest = &bytes[offset..];
        let field = &rest[..rest.len().min(*size)];
        let missing = size - field.len();
        let value = if missing > 0 {
            format!("{value} ({missing} bytes missing)")
        } else {
            value.clone()
        };
        lines(&mut text, offset, field, &format!("{name:width$}  {value}"));
        offset += field.len();
    }
    for (index, line) in bytes[offset..].chunks(LINE_SIZE).enumerate() {
        let note = format!("{:width$}  \"{}\"", "?", line.escape_ascii());
        lines(&mut text, offset + index * LINE_SIZE, line, &note);
    }
    text
}

/// One field. Three lines or more of the same byte become one.
fn lines(text: &mut String, mut offset: usize, field: &[u8], note: &str) {
    let mut put = |offset: usize, hex: &str, note: &str| {
        let line = format!(
            "{offset:04x}  {hex:<width$}  {note}",
            width = 3 * LINE_SIZE - 1
        );
        text.push_str(line.trim_end());
        text.push('\n');
    };
    let all_same = field.windows(2).all(|pair| pair[0] == pair[1]);
    if field.len() > 2 * LINE_SIZE && all_same {
        put(offset, &format!("{:02x} × {}", field[0], field.len()), note);
        return;
    }
    if field.is_empty() {
        put(offset, "", note);
    }
    let mut note = note;
    for line in field.chunks(LINE_SIZE) {
        let mut hex = String::new();
        for byte in line {
            // Writing into a `String` cannot fail.
            let _ = write!(hex, "{byte:02x} ");
        }
        put(offset, hex.trim_end(), note);
        note = "";
        offset += line.len();
    }
}
