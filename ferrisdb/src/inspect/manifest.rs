//! A manifest.

use ferrisdb_storage::format::{HEADER_SIZE, Magic};
use ferrisdb_storage::manifest::{Edit, Kind, Place, RECORD_HEADER_SIZE, Record, TableMeta};
use serde_json::json;

use super::fields::{Fields, OPERATIONS};
use super::show::{Item, Piece, Show};
use super::{Number, header};
use crate::failure::Result;
use crate::text::{escape, short, size};

/// Shows the header and every record.
pub(super) fn walk(bytes: &[u8], number: Number, show: &mut Show<'_>) -> Result {
    header(bytes, Magic::MANIFEST, number, |_| String::new(), &[], show)?;
    let decode = |offset: usize| {
        let place = Place {
            file_number: number.number,
            offset: offset as u64,
        };
        Record::decode(&bytes[offset..], place)
    };
    let mut offset = HEADER_SIZE.min(bytes.len());
    while offset < bytes.len() {
        let reason = match decode(offset) {
            Ok(record) => {
                let fields = Fields::new(&bytes[offset..offset + record.size()], show.hex());
                show.piece(&piece(offset, record, fields), bytes)?;
                offset += record.size();
                continue;
            }
            Err(reason) => reason,
        };
        let next = (offset + 1..bytes.len()).find(|next| {
            let kind = bytes.get(next + RECORD_HEADER_SIZE - 1);
            kind.is_some_and(|kind| matches!(kind, 1..=3)) && decode(*next).is_ok()
        });
        let end = next.unwrap_or(bytes.len());
        let mut gap = Piece::new(offset, end - offset, "no record");
        let follows = if next.is_some() {
            "a record follows that is whole"
        } else {
            "no record follows, so this may be an edit that a crash cut short"
        };
        gap.wrong(format!("{reason}; {follows}"));
        show.piece(&gap, bytes)?;
        offset = end;
    }
    Ok(())
}

fn piece(offset: usize, record: Record<'_>, mut fields: Fields<'_>) -> Piece {
    let name = match record.kind {
        Kind::Snapshot => "snapshot",
        Kind::Edit => "edit",
        Kind::Mark => "mark",
    };
    let mut piece = Piece::new(offset, record.size(), name);
    piece.fact("durable", record.durable);
    fields.number(4, "checksum");
    fields.number(4, "payload size");
    fields.number(8, "durable");
    fields.choice("kind", &["", "snapshot", "edit", "mark"]);
    if record.kind == Kind::Mark {
        piece.about = format!("the first {} bytes are on the disk", record.durable);
    }
    if record.kind == Kind::Snapshot
        && let Some(version) = fields.varint("version")
    {
        piece.about = format!("version {version}");
        piece.fact("version", version);
    }
    if record.kind != Kind::Mark {
        match Edit::decode(fields.rest()) {
            Ok(edit) => show_edit(&edit, &mut piece),
            Err(error) => piece.wrong(error),
        }
        // What is no edit was reported above, and is shown as far as it goes.
        while !fields.rest().is_empty() && edit_field(&mut fields).is_some() {}
    }
    piece.fields = fields.done();
    piece
}

fn show_edit(edit: &Edit, piece: &mut Piece) {
    let numbers = [
        (
            "log_start",
            "the log is needed from position",
            edit.log_start,
        ),
        (
            "last_timestamp",
            "all is in tables up to timestamp",
            edit.last_timestamp.map(|timestamp| timestamp.0),
        ),
        (
            "next_number",
            "file numbers may be taken below",
            edit.next_number,
        ),
    ];
    for (name, text, number) in numbers {
        if let Some(number) = number {
            piece.items.push(Item {
                text: format!("{text} {number}"),
                json: json!({ name: number }),
            });
        }
    }
    for (level, number) in &edit.remove {
        piece.items.push(Item {
            text: format!("remove  table {number} from level {level}"),
            json: json!({ "remove": number, "level": level }),
        });
    }
    for (level, table) in &edit.add {
        piece.items.push(add(*level, table));
    }
    let (adds, removes) = (edit.add.len(), edit.remove.len());
    if adds + removes > 0 {
        let comma = if piece.about.is_empty() { "" } else { ", " };
        piece.about = format!("{}{comma}{adds} added, {removes} removed", piece.about);
    }
}

fn add(level: usize, table: &TableMeta) -> Item {
    Item {
        text: format!(
            "add     table {} to level {level}: {}, {} entries, {} to {}",
            table.number,
            size(table.size),
            table.entries,
            short(&table.smallest.user_key),
            short(&table.largest.user_key)
        ),
        json: json!({
            "add": table.number,
            "level": level,
            "bytes": table.size,
            "entries": table.entries,
            "deletions": table.deletions,
            "smallest": escape(&table.smallest.user_key),
            "largest": escape(&table.largest.user_key),
            "smallest_timestamp": table.smallest_timestamp.0,
            "largest_timestamp": table.largest_timestamp.0,
        }),
    }
}

/// Takes one field of an edit.
fn edit_field(fields: &mut Fields<'_>) -> Option<()> {
    const TAGS: [&str; 6] = [
        "",
        "log start",
        "last timestamp",
        "next number",
        "remove",
        "add",
    ];
    match fields.choice("tag", &TAGS)? {
        tag @ 1..=3 => {
            fields.varint(TAGS.get(usize::try_from(tag).ok()?)?)?;
        }
        4 => {
            fields.varint("level")?;
            fields.varint("number")?;
        }
        5 => {
            let numbers = [
                "level",
                "number",
                "size",
                "entries",
                "deletions",
                "smallest timestamp",
                "largest timestamp",
            ];
            for name in numbers {
                fields.varint(name)?;
            }
            for name in ["smallest", "largest"] {
                fields.slice(name)?;
                fields.varint("timestamp")?;
                fields.choice("operation", &OPERATIONS)?;
            }
        }
        _ => return None,
    }
    Some(())
}
