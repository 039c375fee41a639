//! The little of ANSI's colours that is needed here: to take them out of a text, to put
//! them into one, and to turn rustc's coloured messages into lines for the full screen.
//!
//! Colour is never the only carrier of a meaning: every mark has a shape of its own, so
//! that the same text without colours says as much.

use std::io::IsTerminal;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

/// What a coloured piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
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
pub(crate) struct Paint {
    /// Whether to write escape sequences at all.
    pub(crate) colour: bool,
}

impl Paint {
    /// Colours where standard output is a terminal that can show them and `NO_COLOR` is not set.
    pub(crate) fn for_stdout() -> Paint {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Paint {
            colour: std::io::stdout().is_terminal() && !refused,
        }
    }

    /// `text` in the colour of `tone`.
    pub(crate) fn tone(self, tone: Tone, text: &str) -> String {
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
    pub(crate) fn keep(self, coloured: &str) -> String {
        if self.colour {
            coloured.to_owned()
        } else {
            strip(coloured)
        }
    }
}

impl Tone {
    /// The same meaning on the full screen.
    pub(crate) fn style(self) -> Style {
        match self {
            Tone::Good => Style::new().fg(Color::Green),
            Tone::Bad => Style::new().fg(Color::Red),
            Tone::Warn => Style::new().fg(Color::Yellow),
            Tone::Dim => Style::new().add_modifier(Modifier::DIM),
            Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
            Tone::Link => Style::new().fg(Color::Cyan),
        }
    }
}

/// The text without its escape sequences and without other control characters than
/// newline and tab, so that no output of a test can disturb the terminal.
pub(crate) fn strip(text: &str) -> String {
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

/// Turns a text with colours into lines for the full screen; tabs become four spaces.
pub(crate) fn lines(text: &str) -> Vec<Line<'static>> {
    let mut style = Style::new();
    let mut lines = Vec::new();
    let mut line: Vec<Span<'static>> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Codes(codes) => style = restyle(style, codes),
            Piece::Text(text) => {
                for (index, part) in text.split('\n').enumerate() {
                    if index > 0 {
                        lines.push(Line::from(std::mem::take(&mut line)));
                    }
                    let part = strip(&part.replace('\t', "    "));
                    if !part.is_empty() {
                        line.push(Span::styled(part, style));
                    }
                }
            }
        }
    }
    if !line.is_empty() {
        lines.push(Line::from(line));
    }
    lines
}

/// A run of text, or the codes of one `ESC [ … m`.
enum Piece<'a> {
    Text(&'a str),
    Codes(&'a str),
}

/// Cuts a text at its escape sequences; those that are not colours are dropped.
fn pieces(text: &str) -> Vec<Piece<'_>> {
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

/// Applies the codes of one `ESC [ … m`.
fn restyle(mut style: Style, codes: &str) -> Style {
    let mut numbers = codes.split(';').map(|code| code.parse::<u8>().unwrap_or(0));
    while let Some(code) = numbers.next() {
        style = match code {
            0 => Style::new(),
            1 => style.add_modifier(Modifier::BOLD),
            2 => style.add_modifier(Modifier::DIM),
            22 => style.remove_modifier(Modifier::BOLD | Modifier::DIM),
            30..=37 => style.fg(Color::Indexed(code - 30)),
            90..=97 => style.fg(Color::Indexed(code - 90 + 8)),
            39 => Style { fg: None, ..style },
            38 if numbers.next() == Some(5) => {
                style.fg(Color::Indexed(numbers.next().unwrap_or(7)))
            }
            _ => style,
        };
    }
    style
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
    fn colours_become_styles() {
        let lines = lines(RUSTC);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].spans[0].style.fg, Some(Color::Indexed(9)));
        assert_eq!(lines[1].spans[1].style.fg, Some(Color::Indexed(12)));
        assert_eq!(lines[1].spans[2].content, "    x");
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
