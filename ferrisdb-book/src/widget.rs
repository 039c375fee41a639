//! The interactive figures: a recorded trace embedded in the page, and the same facts as
//! static text for a reader without JavaScript.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::html::{escape, script_json};

/// A trace of the hex explorer.
#[derive(Debug, Deserialize)]
struct Hex {
    title: String,
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

/// A trace of the crash slider.
#[derive(Debug, Deserialize)]
struct Crash {
    title: String,
    steps: Vec<Step>,
    segments: Vec<Segment>,
    crashes: Vec<CrashPoint>,
}

#[derive(Debug, Deserialize)]
struct Step {
    label: String,
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Segment {
    number: u64,
    regions: Vec<Region>,
}

#[derive(Debug, Deserialize)]
struct Region {
    step: usize,
}

#[derive(Debug, Deserialize)]
struct CrashPoint {
    after: usize,
    images: Vec<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    lost: String,
    recovered: Vec<String>,
    report: String,
}

/// The page's HTML for a trace. The trace is checked first, so that a damaged one fails the
/// build instead of the reader's page.
pub(crate) fn html(kind: &str, trace: &str) -> Result<String> {
    let wrong = |error: serde_json::Error| Error::Directive(format!("not a {kind} trace: {error}"));
    let (title, fallback) = match kind {
        "hex" => {
            let hex: Hex = serde_json::from_str(trace).map_err(wrong)?;
            (hex.title.clone(), hex.fallback()?)
        }
        "crash" => {
            let crash: Crash = serde_json::from_str(trace).map_err(wrong)?;
            (crash.title.clone(), crash.fallback()?)
        }
        _ => {
            return Err(Error::Directive(format!(
                "no widget is called `{kind}`: hex, crash"
            )));
        }
    };
    Ok(format!(
        "<figure class=\"widget\" data-widget=\"{kind}\">\n<figcaption>{}</figcaption>\n\
         <script type=\"application/json\">\n{}\n</script>\n<div class=\"widget-static\">\n{}</div>\n</figure>",
        escape(&title),
        script_json(trace),
        fallback.replace("\n\n", "\n"),
    ))
}

impl Hex {
    fn fallback(&self) -> Result<String> {
        let bytes: Vec<&str> = self.bytes.split_whitespace().collect();
        if bytes
            .iter()
            .any(|byte| byte.len() != 2 || u8::from_str_radix(byte, 16).is_err())
        {
            return Err(Error::Directive(
                "`bytes` is not pairs of hex digits".into(),
            ));
        }
        if let Some(field) = self.fields.iter().find(|f| f.start + f.size > bytes.len()) {
            return Err(Error::Directive(format!(
                "field `{}` ends after the bytes",
                field.name
            )));
        }
        if self.flips.len() != bytes.len() {
            let (flips, bytes) = (self.flips.len(), bytes.len());
            return Err(Error::Directive(format!(
                "flips for {flips} of {bytes} bytes"
            )));
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
                    .ok_or_else(|| {
                        Error::Directive(format!("there is no message number {flip}"))
                    })?,
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

impl Crash {
    fn fallback(&self) -> Result<String> {
        let count = self.steps.len();
        for segment in &self.segments {
            if segment.regions.iter().any(|region| region.step >= count) {
                let number = segment.number;
                return Err(Error::Directive(format!(
                    "segment {number} names a step that is not there"
                )));
            }
        }
        if let Some(point) = self.crashes.iter().find(|point| point.after > count) {
            return Err(Error::Directive(format!(
                "a crash after step {} of {count}",
                point.after
            )));
        }
        let mut out = String::from(
            "<div class=\"scroll\"><table><thead><tr><th>after step</th><th>the disk lost</th>\
             <th>recovery returned</th><th>and said</th></tr></thead><tbody>\n",
        );
        for CrashPoint { after, images } in &self.crashes {
            let step = match after.checked_sub(1).and_then(|index| self.steps.get(index)) {
                Some(Step { label, kind }) => {
                    format!("{after}. {} ({})", escape(label), escape(kind))
                }
                None => "0. before anything".to_owned(),
            };
            for (
                index,
                Image {
                    lost,
                    recovered,
                    report,
                },
            ) in images.iter().enumerate()
            {
                let step = if index == 0 { step.as_str() } else { "" };
                let recovered = if recovered.is_empty() {
                    "nothing".into()
                } else {
                    recovered.join(", ")
                };
                let _ = writeln!(
                    out,
                    "<tr><td>{step}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escape(lost),
                    escape(&recovered),
                    escape(report)
                );
            }
        }
        out.push_str("</tbody></table></div>\n");
        Ok(out)
    }
}
