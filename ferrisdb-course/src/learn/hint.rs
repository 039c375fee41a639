//! Hints: three rungs a hole, one more each time, remembered.

use crate::course::Stage;

use super::session::Session;

/// The hints of a hole up to one more than were shown before.
pub fn one_more(session: &mut Session, stage: &Stage, hole: usize) -> Vec<String> {
    let lesson = &stage.lesson.holes[hole];
    let before = session
        .store
        .stage(&stage.name)
        .hints
        .get(&lesson.item)
        .copied()
        .unwrap_or(0);
    let shown = (before + 1).min(lesson.hints.len());
    session.store.change_stage(&stage.name, |progress| {
        progress.hints.insert(lesson.item.clone(), shown);
    });
    lesson.hints[..shown].to_vec()
}
