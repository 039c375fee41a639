//! A segment of the log.

use ferrisdb_storage::format::Magic;
use ferrisdb_storage::wal::{
    Kind, Place, Position, RECORD_HEADER_SIZE, Record, SEGMENT_HEADER_SIZE, SegmentHeader,
};
use serde_json::json;

use super::fields::{Fields, OPERATIONS};
use super::show::{Item, Piece, Show};
use super::{Number, header};
use crate::failure::Result;
use crate::text::{escape, short};

/// Shows the header and every record.
///
/// A file that was laid out in advance ends in zeros, and one that was used before in what it held
/// then; a blank frame of zeros lies in front of that.
pub(super) fn walk(bytes: &[u8], number: Number, show: &mut Show<'_>) -> Result {
    let segment = SegmentHeader::decode(bytes, number.number).ok();
    let about = |_: &_| {
        segment.map_or(String::new(), |segment| {
            format!(
                "; starts at position {}, mark {}",
                segment.start, segment.mark
            )
        })
    };
    let extra = [(8, "start"), (8, "durable mark"), (8, "zero")];
    header(bytes, Magic::WAL, number, about, &extra, show)?;

    let at = usize::try_from(SEGMENT_HEADER_SIZE).unwrap_or(usize::MAX);
    let mut offset = at.min(bytes.len());
    let decode = |offset: usize| {
        let place = Place {
            file_number: number.number,
            offset: offset as u64,
        };
        Record::decode(&bytes[offset..], place)
    };
    while offset < bytes.len() {
        let reason = match decode(offset) {
            Ok(record) => {
                let position = segment.map(|segment| segment.start.plus(offset as u64));
                let fields = Fields::new(&bytes[offset..offset + record.size()], show.hex());
                show.piece(&piece(offset, record, position, fields), bytes)?;
                offset += record.size();
                continue;
            }
            Err(reason) => reason,
        };
        let next = (offset + 1..bytes.len()).find(|next| {
            // Nearly always says no, and saves the checksum.
            let kind = bytes.get(next + RECORD_HEADER_SIZE - 1);
            kind.is_some_and(|kind| matches!(kind, 1 | 2)) && decode(*next).is_ok()
        });
        let end = next.unwrap_or(bytes.len());
        let rest = &bytes[offset..end];
        let is_blank = rest.iter().take(RECORD_HEADER_SIZE).all(|byte| *byte == 0);
        let mut gap = Piece::new(offset, rest.len(), "room");
        if next.is_some() {
            gap.name = "no record";
            gap.wrong(format!("{reason}; a record follows that is whole"));
        } else if !is_blank {
            gap.name = "no record";
            gap.wrong(format!(
                "{reason}; no record follows, so this may be a write that a crash cut short"
            ));
        } else if rest.iter().all(|byte| *byte == 0) {
            "laid out in advance".clone_into(&mut gap.about);
        } else {
            "holds no record: laid out in advance, or left from before".clone_into(&mut gap.about);
        }
        show.piece(&gap, bytes)?;
        offset = end;
    }
    Ok(())
}

fn piece(
    offset: usize,
    record: Record<'_>,
    position: Option<Position>,
    mut fields: Fields<'_>,
) -> Piece {
    let name = match record.kind {
        Kind::Batch => "batch",
        Kind::Mark => "mark",
    };
    let mut piece = Piece::new(offset, record.size(), name);
    piece.fact("durable_mark", record.mark.0);
    if let Some(position) = position {
        piece.fact("position", position.0);
        if record.mark > position {
            piece.wrong(format!(
                "its durable mark {} is above its own position {position}",
                record.mark
            ));
        }
    }
    fields.number(4, "checksum");
    fields.number(4, "payload size");
    fields.number(8, "durable mark");
    fields.choice("kind", &["", "batch", "mark"]);
    if record.kind == Kind::Mark {
        piece.about = format!("all before position {} is on the disk", record.mark);
    } else if batch(&mut fields, &mut piece).is_none() {
        piece.wrong("the checksum is right, and the payload is no batch");
    }
    piece.fields = fields.done();
    piece
}

/// What is in a batch.
fn batch(input: &mut Fields<'_>, piece: &mut Piece) -> Option<()> {
    let timestamp = input.number(8, "timestamp")?;
    let count = input.varint("entries")?;
    let entries = if count == 1 { "entry" } else { "entries" };
    piece.about = format!("timestamp {timestamp}, {count} {entries}");
    piece.fact("timestamp", timestamp);
    piece.fact("entries", count);
    for _ in 0..count {
        let operation = input.choice("operation", &OPERATIONS)?;
        let key = input.slice("key")?;
        piece.items.push(match operation {
            1 => {
                let value = input.slice("value")?;
                Item {
                    text: format!("put     {} = {}", short(key), short(value)),
                    json: json!({ "put": escape(key), "value": escape(value) }),
                }
            }
            2 => Item {
                text: format!("delete  {}", short(key)),
                json: json!({ "delete": escape(key) }),
            },
            _ => return None,
        });
    }
    input.rest().is_empty().then_some(())
}
