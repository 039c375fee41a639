//! The holes and their tests.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

use super::state::State;
use crate::ansi::{Styled as _, Tone};
use ferrisdb_course::learn::report::{HoleLine, Mark, TestLine};

/// How many lines the whole checklist needs.
pub(super) fn height(state: &State) -> u16 {
    let open = open_hole(state).filter(|_| shows_tests(state));
    let tests = open.map_or(0, |hole| state.report.holes[hole].tests.len());
    u16::try_from(state.report.holes.len() + tests).unwrap_or(u16::MAX)
}

/// Draws the part of the checklist around the hole that is open.
pub(super) fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let room = usize::from(area.height);
    let open = open_hole(state);
    let mut lines = lines(state, usize::from(area.width), open, false);
    if lines.len() > room {
        lines = self::lines(state, usize::from(area.width), open, true);
    }
    if lines.len() > room {
        let at = open.unwrap_or(0);
        let first = (at + 2).saturating_sub(room.saturating_sub(2)).min(at);
        lines.drain(..first);
        lines.truncate(room);
    }
    frame.render_widget(Text::from(lines), area);
}

/// Tests that could not be run say nothing, and what rustc says needs the room.
fn shows_tests(state: &State) -> bool {
    state.report.trouble.is_none()
}

/// The hole that keys act on.
fn open_hole(state: &State) -> Option<usize> {
    state.selected.or_else(|| state.report.current())
}

/// A line for each hole, and below the open one its tests; `short` leaves out the green ones.
fn lines(state: &State, width: usize, open: Option<usize>, short: bool) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (index, hole) in state.report.holes.iter().enumerate() {
        let is_open = open == Some(index);
        lines.push(hole_line(index, hole, width, is_open));
        if is_open && shows_tests(state) {
            let tests = hole
                .tests
                .iter()
                .filter(|test| !short || test.mark != Mark::Green);
            lines.extend(tests.map(|test| test_line(test, width)));
        }
    }
    lines
}

fn hole_line(index: usize, hole: &HoleLine, width: usize, is_open: bool) -> Line<'static> {
    let mark = hole.mark();
    let pointer = if is_open { " › " } else { "   " };
    let counts = format!(
        "{:3} min {:>5} ",
        hole.minutes,
        format!("{}/{}", hole.green(), hole.tests.len())
    );
    let number = format!(" {}  ", index + 1);
    let room = width.saturating_sub(pointer.chars().count() + 1 + number.len() + counts.len() + 1);
    let name_style = if is_open {
        Tone::Strong.style()
    } else {
        Style::new()
    };
    Line::from(vec![
        Span::raw(pointer),
        sign(mark),
        Span::raw(number),
        Span::styled(fit(&hole.name, room), name_style),
        Span::raw(" "),
        Span::styled(counts, Tone::Dim.style()),
    ])
}

fn test_line(test: &TestLine, width: usize) -> Line<'static> {
    let style = match test.mark {
        Mark::Red => Style::new(),
        _ => Tone::Dim.style(),
    };
    Line::from(vec![
        Span::raw("        "),
        sign(test.mark),
        Span::styled(
            format!(" {}", fit(&test.name, width.saturating_sub(11))),
            style,
        ),
    ])
}

fn sign(mark: Mark) -> Span<'static> {
    let style = match mark {
        Mark::Green => Tone::Good.style(),
        Mark::Red => Tone::Bad.style(),
        Mark::Todo | Mark::Unknown => Tone::Dim.style(),
    };
    Span::styled(mark.sign(), style)
}

/// The text in exactly so many columns; what does not fit ends in `…`.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return format!("{text:columns$}");
    }
    let mut short: String = text.chars().take(columns.saturating_sub(1)).collect();
    short.push('…');
    short
}
