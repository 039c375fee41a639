//! A header as text: its bytes with the field that they belong to beside them.

use ferrisdb_format::{Field, HEADER_SIZE, Header};

/// A header's bytes, its fields' names and their values.
pub(crate) fn annotate(bytes: &[u8; HEADER_SIZE]) -> String {
    let fields = Header::LAYOUT.map(|field| (field.size, field.name, value(field, bytes)));
    ferrisdb_testkit::annotate(bytes, &fields)
}

/// What the bytes of a field mean: a number, or text for those that are no numbers.
pub(crate) fn value(field: Field, bytes: &[u8; HEADER_SIZE]) -> String {
    let bytes = &bytes[field.range()];
    let number = || {
        let step = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        bytes.iter().rev().fold(0, step)
    };
    match field.name {
        "magic" => format!("\"{}\"", bytes.escape_ascii()),
        "checksum" => format!("{:08x}", number()),
        "extra" => String::new(),
        _ => number().to_string(),
    }
}
