//! The interactive figures: a recorded trace embedded in the page, and the same facts as
//! static text for a reader without JavaScript.
//!
//! A trace is checked on the way: one that contradicts itself fails the build instead of the
//! reader's page.

mod block;
mod crash;
mod engine;
mod hex;
mod history;
mod levels;
mod merge;
mod table;
mod towers;
mod versions;

use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::html::{escape, script_json};

/// What every trace has.
#[derive(Debug, Deserialize)]
struct Head {
    title: String,
}

/// The page's HTML for a trace.
pub(crate) fn html(kind: &str, trace: &str) -> Result<String> {
    let text = match kind {
        "hex" => read::<hex::Hex>(kind, trace)?.fallback()?,
        "crash" => read::<crash::Crash>(kind, trace)?.fallback()?,
        "towers" => read::<towers::Towers>(kind, trace)?.fallback()?,
        "versions" => read::<versions::Versions>(kind, trace)?.fallback()?,
        "block" => read::<block::Block>(kind, trace)?.fallback()?,
        "table" => read::<table::Table>(kind, trace)?.fallback()?,
        "merge" => read::<merge::Merge>(kind, trace)?.fallback()?,
        "levels" => read::<levels::Levels>(kind, trace)?.fallback()?,
        "engine" => read::<engine::Engine>(kind, trace)?.fallback()?,
        "history" => read::<history::History>(kind, trace)?.fallback()?,
        _ => {
            return Err(Error::Directive(format!(
                "no widget is called `{kind}`: hex, crash, towers, versions, block, table, merge, levels, engine, history"
            )));
        }
    };
    let Head { title } = read(kind, trace)?;
    Ok(format!(
        "<figure class=\"widget\" data-widget=\"{kind}\">\n<figcaption>{}</figcaption>\n\
         <script type=\"application/json\">\n{}\n</script>\n<div class=\"widget-static\">\n{}</div>\n</figure>",
        escape(&title),
        script_json(trace),
        text.replace("\n\n", "\n"),
    ))
}

fn read<T: DeserializeOwned>(kind: &str, trace: &str) -> Result<T> {
    serde_json::from_str(trace).map_err(|error| broken(format!("not a {kind} trace: {error}")))
}

/// The error for a trace that cannot be played.
fn broken(what: impl Into<String>) -> Error {
    Error::Directive(what.into())
}

/// An error unless the trace holds what it must.
fn expect(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(broken(what())) }
}

/// A table of texts, which are escaped here.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut out = String::from("<div class=\"scroll\"><table><thead>");
    row(&mut out, "th", &head.map(str::to_owned));
    out.push_str("</thead><tbody>\n");
    for texts in rows {
        row(&mut out, "td", &texts);
    }
    out.push_str("</tbody></table></div>\n");
    out
}

fn row(out: &mut String, tag: &str, texts: &[String]) {
    out.push_str("<tr>");
    for text in texts {
        let _ = write!(out, "<{tag}>{}</{tag}>", escape(text));
    }
    out.push_str("</tr>\n");
}

/// A paragraph that names a list, and the numbered list.
fn steps(name: &str, steps: impl IntoIterator<Item = String>) -> String {
    let mut out = format!("<p><b>{}</b></p>\n<ol>\n", escape(name));
    for step in steps {
        let _ = writeln!(out, "<li>{}</li>", escape(&step));
    }
    out.push_str("</ol>\n");
    out
}

/// Bytes written as pairs of hex digits, with blanks between them.
fn bytes_of(hex: &str) -> Result<Vec<u8>> {
    hex.split_whitespace()
        .map(|pair| {
            u8::from_str_radix(pair, 16)
                .ok()
                .filter(|_| pair.len() == 2)
                .ok_or_else(|| broken(format!("`{pair}` is not a byte of two hex digits")))
        })
        .collect()
}
