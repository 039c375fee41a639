//! What your header looks like, and which check notices which damage.
//!
//! Prints a trace for the hex explorer of the book, or with `--text` the same for a terminal.

use ferrisdb_format::{Error, Field, HEADER_SIZE, Header, Magic, checksum};
use serde_json::{Value, json};

use hex::{annotate, value};

#[path = "tests/support/hex.rs"]
mod hex;

fn main() {
    let created_at_us = 1_795_255_200_000_000;
    let bytes = Header::new(Magic::WAL, 42, created_at_us).encode();
    if std::env::args().any(|argument| argument == "--text") {
        print!("{}", text(&bytes));
    } else {
        print!("{}", trace(&bytes));
    }
}

type Bytes = [u8; HEADER_SIZE];

/// What `decode` says.
fn answer(bytes: &Bytes) -> Result<Header, Error> {
    Header::decode(bytes, Magic::WAL)
}

/// The header with one bit flipped.
fn flip(bytes: &Bytes, bit: usize) -> Bytes {
    let mut bytes = *bytes;
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// The header with the checksum that its other bytes have now.
fn resealed(mut bytes: Bytes) -> Bytes {
    let checksum = checksum(&[&bytes[..20], &bytes[24..]].concat());
    bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

// For the terminal.

fn text(bytes: &Bytes) -> String {
    let pieces = [
        "The header of file 42, as your crate writes it:\n".to_owned(),
        annotate(bytes),
        "One bit is flipped, for every bit. Which check notices?\n".to_owned(),
        table(|bit| answer(&flip(bytes, bit))),
        "The same, but somebody has mended the checksum afterwards:\n".to_owned(),
        table(|bit| answer(&resealed(flip(bytes, bit)))),
    ];
    pieces.join("\n")
}

/// For each field, how many of its bits are noticed by which check.
fn table(answer: impl Fn(usize) -> Result<Header, Error>) -> String {
    let columns = ["magic", "checksum", "version", "size", "accepted"];
    let mut text = row("field", "bits", columns.map(str::to_owned));
    for field in Header::LAYOUT {
        let bits = 8 * field.offset..8 * (field.offset + field.size);
        let checks: Vec<_> = bits.clone().map(|bit| check(&answer(bit))).collect();
        let counts = columns.map(|column| {
            let count = checks.iter().filter(|&&check| check == column).count();
            if count == 0 {
                "·".to_owned()
            } else {
                count.to_string()
            }
        });
        text.push_str(&row(field.name, &bits.len().to_string(), counts));
    }
    text
}

fn row(name: &str, bits: &str, cells: [String; 5]) -> String {
    let cells = cells.map(|cell| format!("{cell:>10}")).concat();
    format!("{name:13}{bits:>6}{cells}\n")
}

/// The check that an answer comes from.
fn check(answer: &Result<Header, Error>) -> &'static str {
    match answer {
        Ok(_) => "accepted",
        Err(Error::BadMagic { .. }) => "magic",
        Err(Error::BadChecksum { .. }) => "checksum",
        Err(Error::UnsupportedVersion { .. }) => "version",
        Err(Error::BadHeaderSize { .. }) => "size",
        Err(_) => "other",
    }
}

// For the book.

fn trace(bytes: &Bytes) -> String {
    let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let fields = Header::LAYOUT.map(|field| {
        json!({
            "start": field.offset,
            "size": field.size,
            "name": field.name,
            "value": shown(field, bytes),
            "note": note(field),
        })
    });

    let mut messages: Vec<Value> = Vec::new();
    let flips: Vec<Value> = (0..HEADER_SIZE)
        .map(|byte| {
            let bits = 8 * byte..8 * byte + 8;
            let answers = bits.map(|bit| index(&mut messages, &answer(&flip(bytes, bit))));
            answers.collect()
        })
        .collect();

    let title = json!("The header of file 42: hover a byte to see its field, flip a bit");
    format!(
        "{{\"widget\":\"hex\",\"title\":{title},\n\"bytes\":{},\n\"fields\":[\n{}\n],\n\"messages\":[\n{}\n],\n\"flips\":[\n{}\n]}}\n",
        json!(hex.join(" ")),
        one_a_line(&fields),
        one_a_line(&messages),
        one_a_line(&flips),
    )
}

/// The number of an answer's message, or -1 where there is nothing to say.
fn index(messages: &mut Vec<Value>, answer: &Result<Header, Error>) -> Value {
    let Err(error) = answer else {
        return json!(-1);
    };
    let message = json!(error.to_string());
    let known = messages.iter().position(|known| *known == message);
    json!(known.unwrap_or_else(|| {
        messages.push(message);
        messages.len() - 1
    }))
}

fn one_a_line(values: &[Value]) -> String {
    let lines: Vec<_> = values.iter().map(Value::to_string).collect();
    lines.join(",\n")
}

fn shown(field: Field, bytes: &Bytes) -> String {
    match field.name {
        "extra" => "24 zeros".to_owned(),
        _ => value(field, bytes),
    }
}

fn note(field: Field) -> &'static str {
    match field.name {
        "magic" => "which kind of file this is",
        "version major" => "another one: this program does not read the file",
        "version minor" => "a newer one: this program reads the file all the same",
        "flags" | "extra" => "each kind of file gives them a meaning, or leaves them zero",
        "header size" => "where the file's own content begins",
        "checksum" => "the CRC32 of the other 60 bytes",
        "created at" => "microseconds since 1970",
        "file number" => "no two files of one kind share one",
        _ => "",
    }
}
