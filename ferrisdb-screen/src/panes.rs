//! What lies over the report: hints, long texts, the list of stages, questions, the keys.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

use super::checklist::fit;
use super::render::key_style;
use super::state::{Pane, Question, State};
use super::wrap::{self, wrap};
use crate::ansi::{self, Styled as _, Tone};
use ferrisdb_course::learn::session::StageLine;

/// Draws the pane that is open.
pub(super) fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let area = area.inner(Margin::new(1, 0));
    let (title, keys, lines) = match &state.pane {
        Pane::None => return,
        Pane::Hint { hole, shown } => {
            let title = format!("Hints for {}", state.report.holes[*hole].name);
            let keys = if shown.len() < 3 {
                "h one more   Esc close"
            } else {
                "Esc close"
            };
            (title, keys, wrap(hints(shown), area.width))
        }
        Pane::Text { title, text } => (
            title.clone(),
            "PgUp PgDn scroll   Esc close",
            wrap(ansi::lines(text), area.width),
        ),
        Pane::List { selected } => (
            "The stages".to_owned(),
            "Enter open   Esc close",
            stages(state, *selected, area.width),
        ),
        Pane::Ask(question) => {
            frame.render_widget(Text::from(wrap(ask(state, question), area.width)), area);
            return;
        }
        Pane::Help => ("Keys".to_owned(), "Esc close", help()),
    };
    let [head, _, rest] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(area);
    frame.render_widget(Line::styled(title, Tone::Strong.style()), head);
    frame.render_widget(Line::styled(keys, Tone::Dim.style()).right_aligned(), head);
    wrap::draw(frame, rest, lines, state.scroll);
}

fn hints(shown: &[String]) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (index, hint) in shown.iter().enumerate() {
        lines.push(Line::styled(
            format!("{} of 3", index + 1),
            Tone::Dim.style(),
        ));
        lines.extend(hint.trim().lines().map(|line| Line::raw(line.to_owned())));
        lines.push(Line::default());
    }
    lines
}

fn stages(state: &State, selected: usize, width: u16) -> Vec<Line<'static>> {
    let room = usize::from(width).saturating_sub(42);
    let line = |(index, stage): (usize, &StageLine)| {
        let is_selected = index == selected;
        let sign = if stage.is_finished() {
            Span::styled("✓", Tone::Good.style())
        } else {
            Span::styled("·", Tone::Dim.style())
        };
        Line::from(vec![
            Span::raw(if is_selected { "› " } else { "  " }),
            sign,
            Span::raw(format!(" {}  ", stage.number)),
            Span::styled(
                fit(&stage.title, room),
                if is_selected {
                    Tone::Strong.style()
                } else {
                    Style::new()
                },
            ),
            Span::styled(
                format!(
                    " {:2} of {:2} holes  {:3} min",
                    stage.green, stage.holes, stage.minutes
                ),
                Tone::Dim.style(),
            ),
            Span::raw(if stage.mine { "  yours" } else { "" }),
        ])
    };
    state.stages.iter().enumerate().map(line).collect()
}

fn ask(state: &State, question: &Question) -> Vec<Line<'static>> {
    let report = &state.report;
    let (sentence, consequence) = match question {
        Question::Diff => (
            "Show the solution before your tests are green?".to_owned(),
            "A hint (h) says less and leaves you more to find out.".to_owned(),
        ),
        Question::Reset(hole) => (
            format!(
                "Put hole {}, {}, back to its beginning?",
                hole + 1,
                report.holes[*hole].name
            ),
            "Your version is kept in .learn/backup.".to_owned(),
        ),
        Question::PutBack => (
            "Put the missing files back as they were at the beginning?".to_owned(),
            "Files that exist stay as they are.".to_owned(),
        ),
        Question::Leave => (
            format!(
                "Stage {} is not finished. Go on to the next one all the same?",
                report.number
            ),
            "Each stage can be done by itself; you can come back at any time.".to_owned(),
        ),
    };
    vec![
        Line::styled(sentence, Tone::Strong.style()),
        Line::raw(consequence),
        Line::default(),
        Line::from(vec![
            Span::styled("y", key_style()),
            Span::raw(" yes   "),
            Span::styled("n", key_style()),
            Span::raw(" no"),
        ]),
    ]
}

fn help() -> Vec<Line<'static>> {
    let keys = [
        ("n", "go on to the next stage that is not finished"),
        (
            "h",
            "a hint for the hole at ›; each press one more, three in all",
        ),
        ("d", "compare your code with the solution"),
        ("v", "look at the structure that your code builds"),
        (
            "a",
            "attack: known mistakes, and crash points where there are any",
        ),
        ("l", "all stages"),
        ("b", "open the chapter in the browser"),
        ("r", "run the tests again"),
        ("x", "put the hole at › back to its beginning"),
        ("q", "quit (also Ctrl-C)"),
        ("↑ ↓", "choose another hole, or scroll"),
        ("PgUp PgDn", "scroll"),
        ("Esc", "close what is open, go back to the current hole"),
    ];
    let line = |(key, text): (&str, &str)| {
        Line::from(vec![
            Span::styled(format!("{key:11}"), key_style()),
            Span::raw(text.to_owned()),
        ])
    };
    keys.into_iter().map(line).collect()
}
