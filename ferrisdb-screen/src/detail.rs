//! What went wrong and what to do next.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::text::{Line, Span, Text};

use super::render::key_style;
use super::state::{Phase, State};
use super::wrap::{self, wrap};
use crate::ansi::{self, Styled as _, Tone};
use ferrisdb_course::learn::next::{self, Way};
use ferrisdb_course::learn::report::{Report, Trouble};

/// Draws the failure, and the next steps below it, which stay in sight while it scrolls.
pub(super) fn draw(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let area = area.inner(Margin::new(1, 0));
    let story = wrap(story(state), area.width);
    let next = next_lines(state, area.width);
    let gap = u16::from(area.height > 7 && !story.is_empty());
    // On a small screen what went wrong needs the room more than what to do about it.
    let left = area.height.saturating_sub(size(&story) + gap);
    let next_height = size(&next)
        .min((area.height / 3).max(2).max(left))
        .min(area.height);
    let story_height = size(&story).min(area.height.saturating_sub(next_height + gap));
    let [above, _, below] = Layout::vertical([
        Constraint::Length(story_height),
        Constraint::Length(gap),
        Constraint::Length(next_height),
    ])
    .areas(area);
    wrap::draw(frame, above, story, state.scroll);
    frame.render_widget(Text::from(next), below);
}

/// How many lines it needs to be seen whole.
pub(super) fn height(state: &State, width: u16) -> u16 {
    let width = width.saturating_sub(2);
    let story = size(&wrap(story(state), width));
    story + u16::from(story > 0) + size(&next_lines(state, width))
}

fn size(lines: &[Line<'_>]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// What there is to say about the last run.
fn story(state: &State) -> Vec<Line<'static>> {
    let report = &state.report;
    let mut lines = Vec::new();
    match &report.trouble {
        Some(trouble) => lines.extend(trouble_lines(trouble)),
        None => lines.extend(failure_lines(report)),
    }
    if let Some(advice) = state.advice.as_ref().filter(|advice| !advice.is_empty()) {
        lines.push(Line::styled("clippy advises:", Tone::Warn.style()));
        lines.extend(ansi::lines(advice));
        lines.push(Line::default());
    }
    for notice in &report.notices {
        lines.push(Line::styled(format!("note: {notice}"), Tone::Warn.style()));
    }
    while lines.last().is_some_and(|line| line.width() == 0) {
        lines.pop();
    }
    lines
}

fn trouble_lines(trouble: &Trouble) -> Vec<Line<'static>> {
    match trouble {
        Trouble::Compile { rendered, .. } => {
            let mut lines = vec![
                Line::styled(
                    "It does not compile yet, so no test was run.",
                    Tone::Bad.style(),
                ),
                Line::default(),
            ];
            lines.extend(ansi::lines(rendered));
            lines
        }
        Trouble::Missing(files) => {
            let head = Line::styled("Files of the exercise are missing:", Tone::Bad.style());
            let files = files.iter().map(|file| Line::raw(format!("  {file}")));
            std::iter::once(head).chain(files).collect()
        }
        Trouble::Other(text) => ansi::lines(text),
    }
}

fn failure_lines(report: &Report) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(failure) = &report.failure {
        lines.push(Line::styled(
            format!("✗ {}", failure.test),
            Tone::Bad.style(),
        ));
        lines.extend(
            failure
                .message
                .iter()
                .map(|line| Line::raw(format!("  {line}"))),
        );
        if let Some(place) = &failure.place {
            lines.push(Line::styled(format!("  at {place}"), Tone::Link.style()));
        }
        lines.push(Line::default());
    }
    if let Some(mistake) = &report.mistake {
        lines.push(Line::from(vec![
            Span::styled(format!("{} ", mistake.heading()), Tone::Warn.style()),
            Span::raw(mistake.mistake.clone()),
        ]));
        lines.push(Line::raw(format!(
            "  Read \"{}\" again in {}",
            mistake.reread, report.chapter
        )));
        lines.push(Line::default());
    }
    lines
}

/// The steps in a column: the key, then what it does.
fn next_lines(state: &State, width: u16) -> Vec<Line<'static>> {
    let report = &state.report;
    if let Some(notice) = &state.notice {
        return wrap(
            vec![Line::styled(notice.clone(), Tone::Strong.style())],
            width,
        );
    }
    if state.phase == Phase::Building && !report.is_known() {
        let patience = "The first build takes a minute at most; the next ones a second or two.";
        return wrap(vec![Line::raw(patience)], width);
    }
    if report.is_green() && matches!(state.phase, Phase::Building | Phase::Testing { .. }) {
        return vec![Line::raw("It was green; the tests run again.")];
    }
    let mut lines = Vec::new();
    if report.is_green() {
        let (green, _) = report.tests();
        let sentence = format!("All {green} tests of stage {} are green.", report.number);
        lines.push(Line::styled(sentence, Tone::Good.style()));
        lines.push(Line::default());
    }
    for (index, step) in next::steps(report, Way::Keys).into_iter().enumerate() {
        let head = if index == 0 { "next" } else { "" };
        let (key, command) = match step.how {
            Some(key) if key.len() == 1 => (key, None),
            Some(command) => (String::new(), Some(command)),
            None => (String::new(), None),
        };
        // What belongs to no key stands below "next" itself, so that it has the room.
        let column = if key.is_empty() && index == 0 { 5 } else { 7 };
        let mut text = vec![Span::raw(step.what)];
        text.extend(
            command.map(|command| Span::styled(format!("  {command}"), Tone::Link.style())),
        );
        let text = wrap(vec![Line::from(text)], width.saturating_sub(column));
        for (row, line) in text.into_iter().enumerate() {
            let (head, key) = if row == 0 {
                (head, key.as_str())
            } else {
                ("", "")
            };
            let mut spans = vec![Span::styled(format!("{head:5}"), Tone::Strong.style())];
            if column == 7 {
                spans.push(Span::styled(format!("{key:2}"), key_style()));
            }
            spans.extend(line.spans);
            lines.push(Line::from(spans));
        }
    }
    lines
}
