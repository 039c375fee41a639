//! Text edits that leave a file as rustfmt would have written it.

use std::ops::Range;

/// The longest line that rustfmt writes.
const WIDTH: usize = 100;

/// Replaces pieces of a text; the pieces must not overlap.
pub fn replace(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(&text[at..range.start]);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Removes pieces of a text, each with the rest of its lines and the blank lines that would be
/// left over: one blank line stays between two items, none after `{` or before `}`.
pub(super) fn remove(text: &str, pieces: Vec<Range<usize>>) -> String {
    let edits: Vec<_> = pieces
        .into_iter()
        .map(|piece| (whole_lines(text, &piece), String::new()))
        .collect();
    tidy_blank_lines(&replace(text, &edits))
}

/// The piece and the rest of the lines it is on.
fn whole_lines(text: &str, piece: &Range<usize>) -> Range<usize> {
    let start = text[..piece.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[piece.end..]
        .find('\n')
        .map_or(text.len(), |at| piece.end + at + 1);
    let end = if text[piece.end..end].trim().is_empty() || comment(&text[piece.end..end]) {
        end
    } else {
        piece.end
    };
    let start = if text[start..piece.start].trim().is_empty() {
        start
    } else {
        piece.start
    };
    start..end
}

fn comment(rest_of_line: &str) -> bool {
    rest_of_line.trim_start().starts_with("//")
}

/// Never two blank lines in a row, none after an opening or before a closing brace, none at the end.
fn tidy_blank_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out: Vec<&str> = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        if line.is_empty() {
            let after_open = out
                .last()
                .is_none_or(|last| last.is_empty() || last.ends_with('{'));
            let next = lines[index..].iter().find(|line| !line.is_empty());
            if after_open || next.is_none_or(|next| next.trim_start().starts_with('}')) {
                continue;
            }
        }
        out.push(line);
    }
    let mut text = out.join("\n");
    text.push('\n');
    text
}

/// The body of an empty hole, as rustfmt would write it at this indentation.
pub(super) fn empty_body(indent: &str, todo: &str, is_const: bool) -> String {
    let inner = format!("{indent}    ");
    if is_const {
        // A formatted panic is not allowed in a constant function, so the text is a comment.
        return format!("{{\n{inner}todo!() // {todo}\n{indent}}}");
    }
    let text = escape(todo);
    let line = format!("{inner}todo!(\"{text}\")");
    if line.chars().count() <= WIDTH {
        return format!("{{\n{line}\n{indent}}}");
    }
    format!("{{\n{inner}todo!(\n{inner}    \"{text}\"\n{inner})\n{indent}}}")
}

/// A body given in the lesson, moved to this indentation.
pub(super) fn given_body(indent: &str, body: &str) -> String {
    let body = body.trim();
    let lines: Vec<&str> = match body
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(inner) => inner.lines().collect(),
        None => body.lines().collect(),
    };
    let margin = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut out = String::from("{\n");
    for line in lines {
        let line = line.get(margin..).unwrap_or_default().trim_end();
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str("    ");
            out.push_str(line);
            out.push('\n');
        }
    }
    out.push_str(indent);
    out.push('}');
    out
}

/// The text as it stands in a format string.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('{', "{{")
        .replace('}', "}}")
}

/// The spaces with which the line of a byte begins.
pub(super) fn indent_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..];
    let width = line.len() - line.trim_start_matches(' ').len();
    &line[..width]
}
