//! Bytes with their meaning beside them.

use std::io::{self, Write};

use super::fields::Field;
use crate::text::escape;

/// How many bytes a line shows.
const LINE_SIZE: usize = 8;

/// Bytes that begin at `offset` of a file, with their fields. What no field covers is shown too.
pub(crate) fn dump(
    out: &mut dyn Write,
    mut offset: usize,
    bytes: &[u8],
    fields: &[Field],
) -> io::Result<()> {
    let mut rest = bytes;
    for field in fields {
        let (here, behind) = rest.split_at(field.size.min(rest.len()));
        lines(out, offset, here, &field.name, &field.value)?;
        offset += here.len();
        rest = behind;
    }
    while !rest.is_empty() {
        // As many zeros as there are become one line.
        let zeros = rest.iter().take_while(|byte| **byte == 0).count();
        let size = if zeros >= 2 * LINE_SIZE {
            zeros
        } else {
            LINE_SIZE.min(rest.len())
        };
        let (here, behind) = rest.split_at(size);
        let value = if zeros >= 2 * LINE_SIZE {
            "zeros".to_owned()
        } else {
            format!("\"{}\"", escape(here))
        };
        lines(out, offset, here, "", &value)?;
        offset += size;
        rest = behind;
    }
    Ok(())
}

/// One field. Two lines or more of the same byte become one.
fn lines(
    out: &mut dyn Write,
    offset: usize,
    field: &[u8],
    name: &str,
    value: &str,
) -> io::Result<()> {
    const NAME: usize = 19;
    const HEX: usize = 3 * LINE_SIZE - 1;
    let mut put = |offset: usize, hex: &str, name: &str, value: &str| {
        let line = format!("{offset:08x}  {hex:<HEX$}  {name:<NAME$}  {value}");
        writeln!(out, "{}", line.trim_end())
    };
    if let [first, ..] = field
        && field.len() > 2 * LINE_SIZE
        && field.iter().all(|byte| byte == first)
    {
        return put(
            offset,
            &format!("{first:02x} × {}", field.len()),
            name,
            value,
        );
    }
    if field.is_empty() {
        return put(offset, "", name, value);
    }
    for (index, line) in field.chunks(LINE_SIZE).enumerate() {
        let hex: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let (name, value) = if index == 0 { (name, value) } else { ("", "") };
        put(offset + index * LINE_SIZE, &hex.join(" "), name, value)?;
    }
    Ok(())
}
