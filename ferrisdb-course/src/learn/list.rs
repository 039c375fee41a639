//! `list`: the stages and how far the learner is in each.

use std::fmt::Write as _;

use super::ansi::{Paint, Tone};
use super::session::Session;

/// A line a stage, and where to go on.
pub(crate) fn text(session: &Session, paint: Paint) -> String {
    let lines = session.stage_lines();
    let width = lines
        .iter()
        .map(|stage| stage.title.chars().count())
        .max()
        .unwrap_or(0);
    let current = session.stage(None).ok();
    let mut text = String::new();
    for stage in &lines {
        let sign = if stage.is_finished() {
            paint.tone(Tone::Good, "✓")
        } else {
            paint.tone(Tone::Dim, "·")
        };
        let is_current = current
            .as_ref()
            .is_some_and(|current| current.name == stage.name);
        let pointer = if is_current { "›" } else { " " };
        let mine = if stage.mine { "   yours is in use" } else { "" };
        let _ = writeln!(
            text,
            "{pointer} {sign} {}  {:width$}   {:2} of {:2} holes   {:3} min{mine}",
            stage.number, stage.title, stage.green, stage.holes, stage.minutes
        );
    }
    let open = lines.iter().find(|stage| !stage.is_finished());
    let next = match (current, open) {
        (Some(current), Some(_)) => {
            let is_open = |stage: &&super::session::StageLine| {
                stage.name == current.name && !stage.is_finished()
            };
            let here = lines.iter().find(is_open);
            here.or(open)
                .map(|stage| format!("cargo learn test {}", stage.number))
        }
        _ => None,
    };
    match next {
        Some(next) => {
            let _ = writeln!(
                text,
                "\n{} {}",
                paint.tone(Tone::Strong, "next:"),
                paint.tone(Tone::Link, &next)
            );
        }
        None => text.push_str("\nEvery stage there is so far is finished.\n"),
    }
    text
}
