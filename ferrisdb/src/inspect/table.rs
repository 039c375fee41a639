//! A sorted table.

use ferrisdb_storage::Bytes;
use ferrisdb_storage::block::{
    self, Block, FILTER_LINE_SIZE, FRAME_HEADER_SIZE, Filter, Handle, Kind, Location,
};
use ferrisdb_storage::format::{HEADER_SIZE, Magic};
use ferrisdb_storage::sstable::{FOOTER_SIZE, Footer, OwnedKey, Properties};
use serde_json::{Value, json};

use super::fields::{Fields, OPERATIONS};
use super::show::{Item, Piece, Show};
use super::{Number, header};
use crate::failure::Result;
use crate::text::{escape, short};

const KINDS: [Kind; 4] = [Kind::Data, Kind::Index, Kind::Filter, Kind::Properties];
const COMPRESSIONS: [&str; 3] = ["none", "LZ4", "Zstandard"];

/// Shows the header, every block in the order in which they lie there, and the footer.
///
/// Between the header and the footer there are only blocks, without gaps. So they are found without
/// the index, which may be damaged.
pub(super) fn walk(bytes: &[u8], number: Number, show: &mut Show<'_>) -> Result {
    header(bytes, Magic::TABLE, number, |_| String::new(), &[], show)?;
    let whole = Bytes::copy_from_slice(bytes);
    let file_number = number.number;
    let has_footer = bytes.len() >= HEADER_SIZE + FOOTER_SIZE;
    let end = if has_footer && bytes.ends_with(&Magic::TABLE.0) {
        bytes.len() - FOOTER_SIZE
    } else {
        bytes.len()
    };
    let mut offset = HEADER_SIZE.min(end);
    let mut last = None;
    while offset < end {
        if let Some((frame, kind)) = frame(&whole, offset, end)
            && let Ok(payload) = block::open(frame.clone(), kind, location(file_number, offset))
        {
            let piece = opened(offset, &frame, kind, &payload, show.hex(), &mut last);
            show.piece(&piece, bytes)?;
            offset += frame.len();
            continue;
        }
        let next = (offset + 1..end).find(|next| {
            let found = frame(&whole, *next, end);
            found.is_some_and(|(frame, kind)| {
                block::open(frame, kind, location(file_number, *next)).is_ok()
            })
        });
        show.piece(&damaged(&whole, file_number, offset, next, end), bytes)?;
        offset = next.unwrap_or(end);
    }
    if end == bytes.len() {
        let mut piece = Piece::new(end, 0, "footer");
        piece.wrong("there is none: the file is cut short, or its last bytes are damaged");
        return show.piece(&piece, bytes);
    }
    show.piece(&footer(bytes, file_number, end, show.hex()), bytes)
}

fn location(file_number: u64, offset: usize) -> Location {
    let offset = offset as u64;
    Location {
        file_number,
        offset,
    }
}

/// What may be a frame, by its size and kind.
fn frame(whole: &Bytes, offset: usize, end: usize) -> Option<(Bytes, Kind)> {
    let head = whole.get(offset..offset + FRAME_HEADER_SIZE)?;
    let kind = *KINDS.iter().find(|kind| **kind as u8 == head[4])?;
    let stored = u32::from_le_bytes(head[6..10].try_into().ok()?) as usize;
    let behind = offset + FRAME_HEADER_SIZE + stored;
    (head[5] <= 2 && behind <= end).then(|| (whole.slice(offset..behind), kind))
}

/// A block that is none.
fn damaged(
    whole: &Bytes,
    file_number: u64,
    offset: usize,
    next: Option<usize>,
    end: usize,
) -> Piece {
    let mut piece = Piece::new(offset, next.unwrap_or(end) - offset, "no block");
    let reason = match frame(whole, offset, end) {
        Some((frame, kind)) => block::open(frame, kind, location(file_number, offset))
            .err()
            .map_or_else(String::new, |error| error.to_string()),
        None => "no block begins here".to_owned(),
    };
    let follows = if next.is_some() {
        "a block follows that is whole"
    } else {
        "no block follows that is whole"
    };
    piece.wrong(format!("{reason}; {follows}"));
    piece
}

/// A block whose checksum was found right.
fn opened(
    offset: usize,
    frame: &[u8],
    kind: Kind,
    payload: &Bytes,
    hex: bool,
    last: &mut Option<OwnedKey>,
) -> Piece {
    let name = match kind {
        Kind::Data => "data",
        Kind::Index => "index",
        Kind::Filter => "filter",
        Kind::Properties => "properties",
        _ => "block",
    };
    let mut piece = Piece::new(offset, frame.len(), name);
    let mut head = Fields::new(frame, hex);
    head.number(4, "checksum");
    head.choice("kind", &["", "data", "index", "filter", "properties"]);
    let compression = head.choice("compression", &COMPRESSIONS).unwrap_or(0);
    head.number(4, "stored size");
    head.number(4, "raw size");
    let compression = usize::try_from(compression).ok();
    let compression = compression
        .and_then(|at| COMPRESSIONS.get(at))
        .unwrap_or(&"?");
    piece.fact("compression", *compression);
    piece.fact("raw_bytes", payload.len());

    let mut inside = Fields::new(payload, hex);
    let result = match kind {
        Kind::Data => entries(payload, &mut inside, &mut piece, last, false),
        Kind::Index => entries(payload, &mut inside, &mut piece, &mut None, true),
        Kind::Filter => filter(payload, &mut inside, &mut piece),
        _ => properties(payload, &mut inside, &mut piece),
    };
    if let Err(error) = result {
        piece.wrong(error);
    }
    if *compression != "none" {
        piece.about = format!(
            "{}; {compression}, {} bytes raw",
            piece.about,
            payload.len()
        );
    }
    piece.fields = head.done();
    if *compression == "none" {
        piece.fields.extend(inside.done());
    } else if hex {
        piece.inside = Some((payload.to_vec(), inside.done()));
    }
    piece
}

/// The entries of a data block, or of an index block, whose values say where blocks are.
fn entries(
    payload: &Bytes,
    fields: &mut Fields<'_>,
    piece: &mut Piece,
    last: &mut Option<OwnedKey>,
    is_index: bool,
) -> Result<(), String> {
    let block = Block::parse(payload.clone()).map_err(|error| error.to_string())?;
    let tail = 4 * (block.restart_count() + 1);
    let mut cursor = block.cursor();
    cursor.seek_to_first().map_err(|error| error.to_string())?;
    let mut count = 0_u64;
    while cursor.is_valid() {
        entry_fields(fields).ok_or("an entry is cut short")?;
        let key = cursor.key();
        if last.as_ref().is_some_and(|last| last.as_key() >= key) {
            piece.wrong(format!(
                "the key {} {} is not above the one before it",
                short(key.user_key),
                key.timestamp
            ));
        }
        *last = Some(key.into());
        piece.items.push(if is_index {
            let handle = Handle::decode(&mut cursor.value()).map_err(|error| error.to_string())?;
            Item {
                text: format!(
                    "up to {} {}: block at {}, {} bytes",
                    short(key.user_key),
                    key.timestamp,
                    handle.offset,
                    handle.size
                ),
                json: json!({ "up_to": escape(key.user_key), "offset": handle.offset, "bytes": handle.size }),
            }
        } else {
            entry(&OwnedKey::from(key), cursor.value())
        });
        count += 1;
        cursor.next().map_err(|error| error.to_string())?;
    }
    if fields.rest().len() != tail {
        return Err("there are bytes between the entries and the restart points".to_owned());
    }
    while fields.rest().len() > 4 {
        fields.number(4, "restart point");
    }
    fields.number(4, "restart points");
    let entries = if count == 1 { "entry" } else { "entries" };
    piece.about = format!("{count} {entries}");
    piece.fact("entries", count);
    Ok(())
}

fn entry(key: &OwnedKey, value: &[u8]) -> Item {
    let (user_key, timestamp) = (&key.user_key, key.timestamp);
    if u8::from(key.operation) == 2 {
        return Item {
            text: format!("delete  {} {timestamp}", short(user_key)),
            json: json!({ "delete": escape(user_key), "timestamp": timestamp.0 }),
        };
    }
    Item {
        text: format!("put     {} {timestamp} = {}", short(user_key), short(value)),
        json: json!({ "put": escape(user_key), "timestamp": timestamp.0, "value": escape(value) }),
    }
}

fn entry_fields(fields: &mut Fields<'_>) -> Option<()> {
    fields.varint("shared size")?;
    let suffix = fields.varint("suffix size")?;
    let value = fields.varint("value size")?;
    fields.choice("operation", &OPERATIONS)?;
    fields.varint("timestamp")?;
    fields.bytes(usize::try_from(suffix).ok()?, "suffix")?;
    fields.bytes(usize::try_from(value).ok()?, "value")?;
    Some(())
}

fn filter(payload: &Bytes, fields: &mut Fields<'_>, piece: &mut Piece) -> Result<(), String> {
    let filter = Filter::parse(payload.clone()).map_err(|error| error.to_string())?;
    for _ in 0..filter.lines() {
        fields.bits(FILTER_LINE_SIZE, "line");
    }
    fields.number(1, "probes");
    piece.about = format!("{} lines, {} bits a key", filter.lines(), filter.probes());
    piece.fact("lines", filter.lines());
    piece.fact("probes", filter.probes());
    Ok(())
}

fn properties(payload: &Bytes, fields: &mut Fields<'_>, piece: &mut Piece) -> Result<(), String> {
    let found = Properties::decode(payload).map_err(|error| error.to_string())?;
    let numbers = [
        ("entries", found.entries),
        ("deletions", found.deletions),
        ("keys", found.keys),
        ("key bytes", found.key_bytes),
        ("value bytes", found.value_bytes),
        ("data blocks", found.data_blocks),
        ("created at", found.created_at_us),
    ];
    for (name, number) in numbers {
        fields.varint(name);
        item(piece, name, number);
    }
    fields.choice("compression", &COMPRESSIONS);
    let timestamps = [
        ("smallest timestamp", found.smallest_timestamp),
        ("largest timestamp", found.largest_timestamp),
    ];
    for (name, timestamp) in timestamps {
        fields.varint(name);
        item(piece, name, timestamp.0);
    }
    let keys = [
        ("smallest key", &found.smallest_key),
        ("largest key", &found.largest_key),
    ];
    for (name, key) in keys {
        fields.slice(name);
        item(piece, name, escape(key));
    }
    Ok(())
}

fn item(piece: &mut Piece, name: &str, value: impl Into<Value>) {
    let value = value.into();
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    piece.items.push(Item {
        text: format!("{name:<19} {text}"),
        json: json!({ name.replace(' ', "_"): value }),
    });
}

fn footer(bytes: &[u8], file_number: u64, offset: usize, hex: bool) -> Piece {
    let mut piece = Piece::new(offset, FOOTER_SIZE, "footer");
    let Some(encoded) = bytes.get(offset..).and_then(<[u8]>::first_chunk) else {
        piece.wrong("it is cut short");
        return piece;
    };
    match Footer::decode(encoded, location(file_number, offset)) {
        Ok(footer) => {
            item(&mut piece, "index levels", footer.index_levels);
            item(&mut piece, "end of the data", footer.tail);
            item(&mut piece, "index", footer.index.offset);
            if let Some(filter) = footer.filter {
                item(&mut piece, "filter", filter.offset);
            }
            item(&mut piece, "properties", footer.properties.offset);
        }
        Err(reason) => piece.wrong(reason),
    }
    let mut fields = Fields::new(encoded, hex);
    fields.number(4, "checksum");
    fields.number(4, "index levels");
    for name in ["tail", "index offset", "filter offset", "properties offset"] {
        fields.number(8, name);
    }
    for name in ["index size", "filter size", "properties size", "zero"] {
        fields.number(4, name);
    }
    fields.bytes(8, "magic");
    piece.fields = fields.done();
    piece
}
