//! Breaks lines at spaces so that they fit, the rest of each indented like its beginning.

use crate::ansi::{Styled as _, Tone};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

/// The lines in at most `width` columns; those that fit are unchanged.
pub(super) fn wrap(lines: Vec<Line<'static>>, width: u16) -> Vec<Line<'static>> {
    let width = usize::from(width).max(1);
    lines
        .into_iter()
        .flat_map(|line| {
            if line.width() <= width {
                vec![line]
            } else {
                break_line(&line, width)
            }
        })
        .collect()
}

/// Draws the lines from the `scroll`th on, but never further than their end.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, mut lines: Vec<Line<'static>>, scroll: u16) {
    let height = usize::from(area.height);
    let last = lines.len().saturating_sub(height);
    lines.drain(..usize::from(scroll).min(last));
    let below = lines.len().saturating_sub(height);
    frame.render_widget(Text::from(lines), area);
    if below > 0 && height > 0 {
        let more = Line::styled(format!(" ↓ {below} more"), Tone::Dim.style());
        let width = u16::try_from(more.width())
            .unwrap_or(area.width)
            .min(area.width);
        let corner = Rect {
            x: area.right() - width,
            y: area.bottom() - 1,
            width,
            height: 1,
        };
        frame.render_widget(ratatui::widgets::Clear, corner);
        frame.render_widget(more, corner);
    }
}

fn break_line(line: &Line<'static>, width: usize) -> Vec<Line<'static>> {
    let letters: Vec<(char, Style)> = line
        .spans
        .iter()
        .flat_map(|span| {
            span.content
                .chars()
                .map(|letter| (letter, line.style.patch(span.style)))
        })
        .collect();
    let indent = letters
        .iter()
        .take_while(|(letter, _)| *letter == ' ')
        .count()
        .min(width / 2);
    let mut lines = Vec::new();
    let mut rest = letters.as_slice();
    while !rest.is_empty() {
        let lead = if lines.is_empty() { 0 } else { indent };
        let room = width - lead;
        let at = break_at(rest, room, if lines.is_empty() { indent } else { 0 });
        let (head, tail) = rest.split_at(at);
        let mut spans = vec![Span::raw(" ".repeat(lead))];
        spans.extend(spans_of(head));
        lines.push(Line::from(spans));
        let blanks = tail.iter().take_while(|(letter, _)| *letter == ' ').count();
        rest = &tail[blanks..];
    }
    lines
}

/// How many letters to take: up to the last space that fits, else as many as fit.
fn break_at(letters: &[(char, Style)], room: usize, indent: usize) -> usize {
    if letters.len() <= room {
        return letters.len();
    }
    let space = letters[..=room]
        .iter()
        .rposition(|(letter, _)| *letter == ' ');
    space.filter(|at| *at > indent).unwrap_or(room)
}

/// Letters of one style as one span.
fn spans_of(letters: &[(char, Style)]) -> Vec<Span<'static>> {
    letters
        .chunk_by(|a, b| a.1 == b.1)
        .map(|run| {
            Span::styled(
                run.iter().map(|(letter, _)| letter).collect::<String>(),
                run[0].1,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: u16) -> Vec<String> {
        let lines = wrap(vec![Line::raw(text.to_owned())], width);
        lines.into_iter().map(|line| line.to_string()).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_keep_their_indent() {
        assert_eq!(wrapped("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(wrapped("short", 9), ["short"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_cut() {
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("    abcdefgh", 6), ["    ab", "   cde", "   fgh"]);
    }

    #[test]
    fn styles_survive() {
        let style = Tone::Bad.style();
        let line = Line::from(vec![Span::raw("a "), Span::styled("b c", style)]);
        let lines = wrap(vec![line], 3);
        assert_eq!(lines[1].spans.last().map(|span| span.style), Some(style));
    }
}
