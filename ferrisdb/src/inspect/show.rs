//! The pieces of a file as lines, as annotated hex, or as JSON.

use std::fmt::Display;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::fields::Field;
use super::hex;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::text::size;

/// A piece of a file.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) offset: usize,
    pub(crate) size: usize,
    pub(crate) name: &'static str,
    /// What it says, in a few words.
    pub(crate) about: String,
    /// The same for programs.
    facts: Map<String, Value>,
    /// What is wrong with it.
    wrong: Vec<String>,
    /// What is in it: operations, entries, tables.
    pub(crate) items: Vec<Item>,
    /// The fields of its bytes.
    pub(crate) fields: Vec<Field>,
    /// What it holds once it is decompressed, with the fields of that.
    pub(crate) inside: Option<(Vec<u8>, Vec<Field>)>,
}

/// Something in a piece: a line of text, and the same for programs.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Piece {
    pub(crate) fn new(offset: usize, size: usize, name: &'static str) -> Self {
        Self {
            offset,
            size,
            name,
            about: String::new(),
            facts: Map::new(),
            wrong: Vec::new(),
            items: Vec::new(),
            fields: Vec::new(),
            inside: None,
        }
    }

    pub(crate) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// Something is wrong with it.
    pub(crate) fn wrong(&mut self, what: impl Display) {
        self.wrong.push(what.to_string());
    }
}

/// Shows a file piece by piece.
pub(crate) struct Show<'a> {
    path: &'a Path,
    kind: &'static str,
    size: usize,
    hex: bool,
    json: bool,
    out: BufWriter<Output>,
    pieces: u64,
    damaged: u64,
}

impl<'a> Show<'a> {
    pub(crate) fn new(
        path: &'a Path,
        kind: &'static str,
        size: usize,
        hex: bool,
        json: bool,
    ) -> Self {
        Self {
            path,
            kind,
            size,
            hex,
            json,
            out: BufWriter::new(Output::new()),
            pieces: 0,
            damaged: 0,
        }
    }

    /// Whether anybody wants to see the fields of bytes.
    pub(crate) fn hex(&self) -> bool {
        self.hex && !self.json
    }

    pub(crate) fn begin(&mut self) -> Result {
        let path = self.path.display().to_string();
        if self.json {
            let head = json!({ "file": path, "kind": self.kind, "bytes": self.size }).to_string();
            write!(self.out, "{},\"pieces\":[", head.trim_end_matches('}'))?;
        } else {
            writeln!(
                self.out,
                "{path}: {}, {}",
                self.kind,
                size(self.size as u64)
            )?;
        }
        Ok(())
    }

    /// Shows a piece of the file whose bytes these are.
    pub(crate) fn piece(&mut self, piece: &Piece, file: &[u8]) -> Result {
        self.damaged += u64::from(!piece.wrong.is_empty());
        if self.json {
            let comma = if self.pieces > 0 { "," } else { "" };
            write!(self.out, "{comma}\n{}", to_json(piece))?;
        } else {
            self.lines(piece)?;
        }
        self.pieces += 1;
        if self.hex() {
            let end = (piece.offset + piece.size).min(file.len());
            let bytes = &file[piece.offset.min(end)..end];
            hex::dump(&mut self.out, piece.offset, bytes, &piece.fields)?;
            if let Some((bytes, fields)) = &piece.inside {
                writeln!(self.out, "  decompressed, {} bytes:", bytes.len())?;
                hex::dump(&mut self.out, 0, bytes, fields)?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn lines(&mut self, piece: &Piece) -> Result {
        let Piece {
            offset,
            name,
            about,
            ..
        } = piece;
        let line = format!("{offset:>10}  {name:<10}  {:>7} B  {about}", piece.size);
        writeln!(self.out, "{}", line.trim_end())?;
        for wrong in &piece.wrong {
            writeln!(self.out, "{:12}damaged: {wrong}", "")?;
        }
        if !self.hex {
            for item in &piece.items {
                writeln!(self.out, "{:14}{}", "", item.text)?;
            }
        }
        Ok(())
    }

    /// Ends the file; the answer is no if something was damaged.
    pub(crate) fn end(mut self) -> Result {
        if self.json {
            writeln!(self.out, "],\"sound\":{}}}", self.damaged == 0)?;
        }
        self.out.flush()?;
        match self.damaged {
            0 => Ok(()),
            1 => Err(Failure::No("1 place is damaged".to_owned())),
            count => Err(Failure::No(format!("{count} places are damaged"))),
        }
    }
}

fn to_json(piece: &Piece) -> Value {
    let mut value = json!({
        "offset": piece.offset,
        "bytes": piece.size,
        "piece": piece.name,
        "sound": piece.wrong.is_empty(),
    });
    if let Value::Object(object) = &mut value {
        object.extend(piece.facts.clone());
        if !piece.wrong.is_empty() {
            object.insert("damage".to_owned(), json!(piece.wrong));
        }
        if !piece.items.is_empty() {
            let items: Vec<&Value> = piece.items.iter().map(|item| &item.json).collect();
            object.insert("items".to_owned(), json!(items));
        }
    }
    value
}

/// Microseconds since 1970 as a date and a time of the day, UTC.
pub(crate) fn time(us: u64) -> String {
    let (seconds, micros) = (us / 1_000_000, us % 1_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!(
        "{:04}-{month:02}-{date:02} {:02}:{:02}:{:02}.{micros:06}",
        era * 400 + year + later,
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates() {
        assert_eq!(time(0), "1970-01-01 00:00:00.000000");
        assert_eq!(time(951_782_400_000_000), "2000-02-29 00:00:00.000000");
        assert_eq!(time(1_735_689_599_999_999), "2024-12-31 23:59:59.999999");
    }
}
