//! ANSI's colours on the full screen: what a tone looks like, and rustc's coloured messages as lines.

use ferrisdb_course::learn::ansi::{Piece, pieces, strip};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

pub(crate) use ferrisdb_course::learn::ansi::{Paint, Tone};

/// What a tone looks like here.
pub(crate) trait Styled {
    /// The same meaning on the full screen.
    fn style(self) -> Style;
}

impl Styled for Tone {
    fn style(self) -> Style {
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
    fn colours_become_styles() {
        let lines = lines(RUSTC);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].spans[0].style.fg, Some(Color::Indexed(9)));
        assert_eq!(lines[1].spans[1].style.fg, Some(Color::Indexed(12)));
        assert_eq!(lines[1].spans[2].content, "    x");
    }
}
