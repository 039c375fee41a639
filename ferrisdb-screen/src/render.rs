//! Draws a state: the header, the checklist, what went wrong, what to do next, the keys.
//!
//! ```text
//!    02  The file format                                       running 3 of 12
//!    stage ████████░░░░░░░░  5/12 tests     course ███░░░░░░░░░░░░░  3/18 holes
//!   ────────────────────────────────────────────────────────────────────────────
//!     ✓ 1  Header::encode                                       15 min    2/2
//!   › ✗ 2  Header::decode                                       15 min    1/3
//!            ✗ every_flipped_bit_is_noticed
//!   ────────────────────────────────────────────────────────────────────────────
//!    what went wrong, or a pane that was opened
//!
//!    next  what to do
//!   ────────────────────────────────────────────────────────────────────────────
//!    n next  h hint  d diff  …
//! ```
//!
//! From 110 columns on, the checklist stands beside the rest. The same state always gives
//! the same picture.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::checklist;
use super::detail;
use super::panes;
use super::state::{Pane, Phase, State};
use crate::ansi::{Styled as _, Tone};
use ferrisdb_course::learn::report::Trouble;

/// The smallest terminal that the full screen can use.
pub(crate) const WIDTH_MIN: u16 = 60;
/// The smallest terminal that the full screen can use.
pub(crate) const HEIGHT_MIN: u16 = 16;
/// From here on there are two columns.
const WIDE: u16 = 110;

/// Draws everything.
pub(crate) fn render(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < WIDTH_MIN || area.height < HEIGHT_MIN {
        too_small(frame, area);
        return;
    }
    let keys = key_lines(area.width, state.report.is_green());
    let [header, body, footer] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Min(1),
        Constraint::Length(line_count(&keys) + 1),
    ])
    .areas(area);
    draw_header(state, frame, header);
    if covers(&state.pane) {
        panes::draw(state, frame, body);
    } else if area.width >= WIDE {
        let [left, right] =
            Layout::horizontal([Constraint::Length(56), Constraint::Min(1)]).areas(body);
        checklist::draw(state, frame, left);
        let block = Block::new()
            .borders(Borders::LEFT)
            .border_style(Tone::Dim.style());
        let inner = block.inner(right);
        frame.render_widget(block, right);
        draw_detail(state, frame, inner);
    } else {
        let room = body.height.saturating_sub(1);
        let wanted = if state.pane == Pane::None {
            detail::height(state, area.width)
        } else {
            room
        };
        let share = if state.report.trouble.is_some() { 3 } else { 2 };
        let lines = checklist::height(state).min((room / share).max(room.saturating_sub(wanted)));
        let [above, rule, below] = Layout::vertical([
            Constraint::Length(lines),
            Constraint::Length(1),
            Constraint::Min(1),
        ])
        .areas(body);
        checklist::draw(state, frame, above);
        draw_rule(frame, rule);
        draw_detail(state, frame, below);
    }
    draw_footer(frame, footer, keys);
}

/// Whether a pane takes the place of the checklist as well.
fn covers(pane: &Pane) -> bool {
    matches!(pane, Pane::Text { .. } | Pane::List { .. } | Pane::Help)
}

fn draw_detail(state: &State, frame: &mut Frame<'_>, area: Rect) {
    if state.pane == Pane::None {
        detail::draw(state, frame, area);
    } else {
        panes::draw(state, frame, area);
    }
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let text = format!(
        "The window has {}x{} characters; {WIDTH_MIN}x{HEIGHT_MIN} are needed. \
         Make it larger, or press q and use `cargo learn --plain test`.",
        area.width, area.height
    );
    let paragraph = Paragraph::new(text).wrap(ratatui::widgets::Wrap { trim: true });
    frame.render_widget(paragraph, area);
}

fn draw_header(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let [title, bars, rule] = Layout::vertical([Constraint::Length(1); 3]).areas(area);
    let report = &state.report;
    let name = Line::from(vec![
        Span::raw(format!(" {}  ", report.number)),
        Span::styled(report.title.clone(), Tone::Strong.style()),
    ]);
    frame.render_widget(name, title);
    let phase = Line::from(phase(state)).right_aligned();
    frame.render_widget(phase, title.inner(Margin::new(1, 0)));

    let half = usize::from(area.width / 2);
    let (green, tests) = report.tests();
    let left_bar = bar("stage", green, tests, "tests", half - 2);
    let (done, holes) = state.stages.iter().fold((0, 0), |sum, stage| {
        (sum.0 + stage.green, sum.1 + stage.holes)
    });
    let right_bar = bar("course", done, holes, "holes", half - 2);
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(bars);
    frame.render_widget(left_bar, left.inner(Margin::new(1, 0)));
    frame.render_widget(right_bar.right_aligned(), right.inner(Margin::new(1, 0)));
    draw_rule(frame, rule);
}

/// What is going on, at the right end of the first line.
fn phase(state: &State) -> Span<'static> {
    let report = &state.report;
    match &state.phase {
        Phase::Building => Span::styled("building", Tone::Warn.style()),
        Phase::Testing { done, total } => {
            Span::styled(format!("testing {done} of {total}"), Tone::Warn.style())
        }
        Phase::Alone(test) => {
            let short = test
                .split_once("::")
                .map_or(test.as_str(), |(_, name)| name);
            Span::styled(format!("does {short} end?"), Tone::Warn.style())
        }
        Phase::Working(what) => Span::styled(*what, Tone::Warn.style()),
        Phase::Idle if matches!(report.trouble, Some(Trouble::Compile { .. })) => {
            Span::styled("does not compile", Tone::Bad.style())
        }
        Phase::Idle if report.trouble.is_some() => {
            Span::styled("could not be run", Tone::Bad.style())
        }
        Phase::Idle if report.is_green() => Span::styled("all green", Tone::Good.style()),
        Phase::Idle => Span::styled("runs when you save", Tone::Dim.style()),
    }
}

/// `stage ████░░░░ 5/12 tests` in so many columns.
fn bar(label: &str, done: usize, total: usize, unit: &str, width: usize) -> Line<'static> {
    let count = format!(" {done}/{total} {unit}");
    let columns = width.saturating_sub(label.len() + 1 + count.len()).min(24);
    let filled = (columns * done).checked_div(total).unwrap_or(0);
    Line::from(vec![
        Span::raw(format!("{label} ")),
        Span::styled("█".repeat(filled), Tone::Good.style()),
        Span::styled("░".repeat(columns - filled), Tone::Dim.style()),
        Span::raw(count),
    ])
}

pub(super) fn draw_rule(frame: &mut Frame<'_>, area: Rect) {
    let rule = Line::styled("─".repeat(usize::from(area.width)), Tone::Dim.style());
    frame.render_widget(rule, area);
}

fn draw_footer(frame: &mut Frame<'_>, area: Rect, keys: Vec<Line<'static>>) {
    let [rule, rest] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(area);
    draw_rule(frame, rule);
    frame.render_widget(Text::from(keys), rest.inner(Margin::new(1, 0)));
}

/// The keys, in as many lines as they need.
fn key_lines(width: u16, green: bool) -> Vec<Line<'static>> {
    let keys = [
        ("n", "next"),
        ("h", "hint"),
        ("d", "diff"),
        ("v", "view"),
        ("a", "attack"),
        ("l", "list"),
        ("b", "book"),
        ("r", "rerun"),
        ("x", "reset"),
        ("q", "quit"),
    ];
    let room = usize::from(width).saturating_sub(2);
    let size = |(key, label): &(&str, &str)| key.len() + 1 + label.len();
    let all: usize = keys.iter().map(size).sum();
    // Narrower gaps are better than a last key on a line of its own.
    let gap = if all + 2 * (keys.len() - 1) > room && all + keys.len() - 1 <= room {
        1
    } else {
        2
    };
    let mut lines = vec![Vec::new()];
    let mut used = 0;
    for (key, label) in keys {
        let size = size(&(key, label));
        if used > 0 && used + gap + size > room {
            lines.push(Vec::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is a line from the start");
        if used > 0 {
            line.push(Span::raw(" ".repeat(gap)));
            used += gap;
        }
        let on_the_way = green && matches!(key, "d" | "b" | "n");
        line.push(Span::styled(key, key_style()));
        line.push(Span::styled(
            format!(" {label}"),
            if on_the_way {
                Style::new()
            } else {
                Tone::Dim.style()
            },
        ));
        used += size;
    }
    lines.into_iter().map(Line::from).collect()
}

/// How a key is shown wherever one is named.
pub(super) fn key_style() -> Style {
    Tone::Link.style().add_modifier(Modifier::BOLD)
}

fn line_count(lines: &[Line<'_>]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::state::Question;
    use ferrisdb_course::learn::report::Mistake;
    use ferrisdb_course::learn::session::StageLine;

    mod example {
        use ferrisdb_course::learn::failure::Failure;
        use ferrisdb_course::learn::report::{HoleLine, Mark, Report, TestLine};

        include!("../../ferrisdb-course/src/learn/report/fixture.rs");
    }
    use example::{failure, report};

    fn stage(number: &str, title: &str, green: usize) -> StageLine {
        StageLine {
            number: number.to_owned(),
            name: format!(
                "{number}-{}",
                title.to_lowercase().replace(' ', "-").replace("the-", "")
            ),
            title: title.to_owned(),
            minutes: 60,
            green,
            holes: 6,
            mine: number == "01",
        }
    }

    /// A state in stage 02 of three; see [`report`] for the marks.
    pub(crate) fn state(marks: [&str; 3]) -> State {
        let stages = vec![
            stage("01", "The key-value store", 6),
            stage("02", "The file format", 1),
            stage("03", "The write-ahead log", 0),
        ];
        State::new(report(marks), stages)
    }

    fn red() -> State {
        let mut state = state(["Gg", "Ggr", "tt"]);
        state.report.failure = Some(failure("header::a_short_header_is_an_error"));
        state
    }

    fn screen(state: &State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| render(state, frame)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn a_failure() {
        insta::assert_snapshot!(screen(&red(), 80, 24));
    }

    #[test]
    fn a_failure_on_a_wide_screen() {
        let mut state = red();
        state.report.mistake = Some(Mistake {
            mistake: "The checksum covers its own four bytes, which are not known yet.".to_owned(),
            reread: "The bytes".to_owned(),
            sure: true,
        });
        insta::assert_snapshot!(screen(&state, 120, 30));
    }

    #[test]
    fn a_failure_on_the_smallest_screen() {
        insta::assert_snapshot!(screen(&red(), 60, 16));
    }

    #[test]
    fn a_terminal_that_is_too_small() {
        insta::assert_snapshot!(screen(&red(), 40, 10));
    }

    #[test]
    fn an_untouched_stage_while_it_is_built() {
        let mut state = state(["uu", "uuu", "uu"]);
        state.phase = Phase::Building;
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn code_that_does_not_compile() {
        let mut state = state(["Gg", "Ggr", "tt"]);
        let rendered = "\x1b[1m\x1b[91merror[E0308]\x1b[0m\x1b[1m: mismatched types\x1b[0m\n  \x1b[94m-->\x1b[0m 02-file-format/src/header.rs:81:9\n";
        state.report.trouble = Some(Trouble::Compile {
            rendered: rendered.to_owned(),
            conflict: None,
        });
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn everything_green() {
        let mut state = state(["Gg", "Ggg", "Gg"]);
        state.stages[1].green = 6;
        state.advice =
            Some("warning: unneeded `return` statement\n --> src/header.rs:42:9\n".to_owned());
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn a_hint() {
        let mut state = red();
        state.pane = Pane::Hint {
            hole: 1,
            shown: vec![
                "Which check can be made before any other byte is believed?".to_owned(),
                "The length comes first: the fields are only there if the bytes are.".to_owned(),
            ],
        };
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn the_list() {
        let mut state = red();
        state.pane = Pane::List { selected: 2 };
        insta::assert_snapshot!(screen(&state, 80, 16));
    }

    #[test]
    fn a_question() {
        let mut state = red();
        state.pane = Pane::Ask(Question::Reset(1));
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn the_keys() {
        let mut state = red();
        state.pane = Pane::Help;
        insta::assert_snapshot!(screen(&state, 80, 24));
    }

    #[test]
    fn a_diff() {
        let mut state = red();
        let text = "\x1b[1mHeader::encode\x1b[0m\n\x1b[31m- yours\x1b[0m\n\x1b[32m+ ours\x1b[0m\n";
        state.pane = Pane::Text {
            title: "Your code and the solution".to_owned(),
            text: text.to_owned(),
        };
        insta::assert_snapshot!(screen(&state, 80, 16));
    }

    #[test]
    fn every_size_can_be_drawn() {
        for pane in [
            Pane::None,
            Pane::Help,
            Pane::Ask(Question::Diff),
            Pane::List { selected: 0 },
        ] {
            let mut state = red();
            state.pane = pane;
            for (width, height) in [(1, 1), (60, 16), (61, 17), (109, 16), (110, 16), (200, 60)] {
                screen(&state, width, height);
            }
        }
    }
}
