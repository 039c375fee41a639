//! The static text of the hex explorer: a table of the fields, and which check finds how many flips.

use std::fmt::Write as _;

use serde::Deserialize;

use super::broken;
use crate::error::Result;
use crate::html::escape;

/// A trace of the hex explorer.
#[derive(Debug, Deserialize)]
pub(super) struct Hex {
    bytes: String,
    fields: Vec<Field>,
    messages: Vec<String>,
    flips: Vec<[i64; 8]>,
}

#[derive(Debug, Deserialize)]
struct Field {
    start: usize,
    size: usize,
    name: String,
    value: String,
    note: String,
}

impl Hex {
    pub(super) fn fallback(&self) -> Result<String> {
        let bytes: Vec<&str> = self.bytes.split_whitespace().collect();
        if bytes
            .iter()
            .any(|byte| byte.len() != 2 || u8::from_str_radix(byte, 16).is_err())
        {
            return Err(broken("`bytes` is not pairs of hex digits"));
        }
        if let Some(field) = self.fields.iter().find(|f| f.start + f.size > bytes.len()) {
            return Err(broken(format!(
                "field `{}` ends after the bytes",
                field.name
            )));
        }
        if self.flips.len() != bytes.len() {
            let (flips, bytes) = (self.flips.len(), bytes.len());
            return Err(broken(format!("flips for {flips} of {bytes} bytes")));
        }
        let mut out = String::from(
            "<div class=\"scroll\"><table><thead><tr><th>offset</th><th>bytes</th><th>field</th>\
             <th>value</th><th>meaning</th></tr></thead><tbody>\n",
        );
        for Field {
            start,
            size,
            name,
            value,
            note,
        } in &self.fields
        {
            let _ = writeln!(
                out,
                "<tr><td>{start}</td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                bytes[*start..start + size].join(" "),
                escape(name),
                escape(value),
                escape(note)
            );
        }
        out.push_str("</tbody></table></div>\n");
        self.flip_counts(&mut out)?;
        Ok(out)
    }

    /// Which check finds how many of the single-bit flips.
    fn flip_counts(&self, out: &mut String) -> Result<()> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for &flip in self.flips.iter().flatten() {
            let said = match usize::try_from(flip) {
                Err(_) => "accepted",
                Ok(index) => self
                    .messages
                    .get(index)
                    .map(|text| kind(text))
                    .ok_or_else(|| broken(format!("there is no message number {flip}")))?,
            };
            match counts.iter_mut().find(|(kind, _)| *kind == said) {
                Some((_, count)) => *count += 1,
                None => counts.push((said, 1)),
            }
        }
        let all = self.flips.len() * 8;
        let _ = writeln!(
            out,
            "<p>Each of the {all} bits was flipped alone. What the reader said:</p>\n<ul>"
        );
        for (said, count) in counts {
            let _ = writeln!(out, "<li>{count} of {all}: {}</li>", escape(said));
        }
        out.push_str("</ul>\n");
        Ok(())
    }
}

/// What sort of message it is: the part before the numbers and names of this one case.
fn kind(message: &str) -> &str {
    message.split([':', ';', ',']).next().unwrap_or(message)
}
