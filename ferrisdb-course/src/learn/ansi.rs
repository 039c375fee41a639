//! The little of ANSI's colours that is needed here: to take them out of a text, to put
//! them into one, and to find them in rustc's messages.
//!
//! Colour is never the only carrier of a meaning: every mark has a shape of its own, so
//! that the same text without colours says as much.

use std::io::IsTerminal;

/// What a coloured piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, green.
    Good,
    /// Failed.
    Bad,
    /// Needs attention.
    Warn,
    /// Secondary.
    Dim,
    /// A heading, or the thing to do next.
    Strong,
    /// A command or a place.
    Link,
}

/// Puts colours into plain output, or leaves them out.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    /// Whether to write escape sequences at all.
    pub colour: bool,
}

impl Paint {
    /// Colours where standard output is a terminal that can show them and `NO_COLOR` is not set.
    pub fn for_stdout() -> Paint {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Paint {
            colour: std::io::stdout().is_terminal() && !refused,
        }
    }

    /// `text` in the colour of `tone`.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Warn => "33",
            Tone::Dim => "2",
            Tone::Strong => "1",
            Tone::Link => "36",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Leaves a text that came with colours as it is, or takes them out.
    pub fn keep(self, coloured: &str) -> String {
        if self.colour {
            coloured.to_owned()
        } else {
            strip(coloured)
        }
    }
}

/// The text without its escape sequences and without other control characters than
/// newline and tab, so that no output of a test can disturb the terminal.
pub fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for piece in pieces(text) {
        if let Piece::Text(text) = piece {
            plain.extend(
                text.chars()
                    .filter(|c| !c.is_control() || matches!(c, '\n' | '\t')),
            );
        }
    }
    plain
}

/// A run of text, or the codes of one `ESC [ … m`.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Text without escape sequences.
    Text(&'a str),
    /// `1;31`
    Codes(&'a str),
}

/// Cuts a text at its escape sequences; those that are not colours are dropped.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('\x1b') {
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        let after = &rest[start + 1..];
        let Some(body) = after.strip_prefix('[') else {
            rest = after;
            continue;
        };
        let Some(end) = body.find(|c: char| c.is_ascii_alphabetic()) else {
            rest = "";
            break;
        };
        if body[end..].starts_with('m') {
            pieces.push(Piece::Codes(&body[..end]));
        }
        rest = &body[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSTC: &str =
        "\x1b[1m\x1b[91merror[E0308]\x1b[0m\x1b[1m: mismatched\x1b[0m\n \x1b[38;5;12m|\x1b[0m\tx";

    #[test]
    fn stripping_leaves_the_text() {
        assert_eq!(strip(RUSTC), "error[E0308]: mismatched\n |\tx");
    }

    #[test]
    fn stripping_removes_what_moves_the_cursor() {
        assert_eq!(strip("a\x1b[2Jb\r\x07c\x1b]"), "abc]");
    }

    #[test]
    fn without_colour_nothing_is_added() {
        assert_eq!(Paint { colour: false }.tone(Tone::Bad, "x"), "x");
        assert_eq!(
            Paint { colour: true }.tone(Tone::Bad, "x"),
            "\x1b[31mx\x1b[0m"
        );
    }
}
