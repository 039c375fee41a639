//! What can happen to the screen, and what follows from it: a pure function from a state and
//! an event to the changed state and the things to be done outside of it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::state::{Pane, Phase, Question, State};
use ferrisdb_course::learn::report::{Mark, Report, Trouble};
use ferrisdb_course::learn::session::StageLine;

/// Something happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// The terminal has a new size.
    Resized,
    /// A file of the stage was saved.
    Saved,
    /// The checker has something to say.
    Check(Update),
    /// The hints of a hole so far.
    Hints {
        /// The hole.
        hole: usize,
        /// The hints shown, first to last.
        shown: Vec<String>,
    },
    /// Something that was asked for is ready to be read.
    Text {
        /// What it is.
        title: String,
        /// With its colours.
        text: String,
    },
    /// One sentence, and whatever was being worked on has ended.
    Said(String),
    /// The program is to end: a signal, or the terminal is gone.
    Stop,
}

/// What the checker has to say.
#[derive(Debug)]
pub(crate) enum Update {
    /// It begins, with what is known before.
    Building,
    /// The tests are built and begin.
    Testing(usize),
    /// One has ended.
    Tested(String, Mark),
    /// One that did not end with the others is run by itself.
    Alone(String),
    /// All have ended, or could not begin.
    Done(Box<Report>, Vec<StageLine>),
    /// Clippy begins.
    Advising,
    /// Clippy has ended; empty if it found nothing.
    Advice(String),
}

/// Something to be done outside of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Leave.
    Quit,
    /// Check the stage, after ending a check that is under way.
    Check,
    /// Show one more hint for a hole.
    Hint(usize),
    /// Compare with the solution.
    Diff,
    /// Run the lab.
    View,
    /// Attack the learner's code.
    Attack,
    /// Open the chapter.
    Book,
    /// Put a hole back.
    Reset(usize),
    /// Put missing files back.
    PutBack,
    /// Work on another stage.
    Open(usize),
    /// End what is being worked on.
    Cancel,
}

/// Takes in an event; returns what is to be done.
pub(crate) fn update(state: &mut State, event: Event) -> Option<Effect> {
    match event {
        Event::Key(key) => {
            state.notice = None;
            return pressed(state, key);
        }
        Event::Resized => {}
        Event::Saved => return Some(Effect::Check),
        Event::Check(update) => checked(state, update),
        Event::Hints { hole, shown } => open(state, Pane::Hint { hole, shown }),
        Event::Text { title, text } => {
            state.phase = Phase::Idle;
            open(state, Pane::Text { title, text });
        }
        Event::Said(sentence) => {
            state.phase = Phase::Idle;
            state.notice = Some(sentence);
        }
        Event::Stop => return Some(Effect::Quit),
    }
    None
}

fn open(state: &mut State, pane: Pane) {
    state.pane = pane;
    state.scroll = 0;
}

fn checked(state: &mut State, update: Update) {
    match update {
        Update::Building => {
            state.phase = Phase::Building;
            state.advice = None;
        }
        Update::Testing(total) => state.phase = Phase::Testing { done: 0, total },
        Update::Tested(test, mark) => {
            // Why a test failed is only known at the end; until then it keeps its old mark,
            // unless it was green, which it is not any more.
            if mark == Mark::Green || state.report.mark(&test) == Some(Mark::Green) {
                state.report.set(&test, mark);
            }
            if let Phase::Testing { done, .. } = &mut state.phase {
                *done += 1;
            }
        }
        Update::Alone(test) => state.phase = Phase::Alone(test),
        Update::Done(report, stages) => {
            let other_stage = report.name != state.report.name;
            if other_stage
                || report.failure != state.report.failure
                || report.trouble != state.report.trouble
            {
                state.scroll = 0;
            }
            state.report = *report;
            state.stages = stages;
            state.phase = Phase::Idle;
        }
        Update::Advising => state.phase = Phase::Working("looking for warnings"),
        Update::Advice(advice) => {
            state.phase = Phase::Idle;
            state.advice = Some(advice);
        }
    }
}

fn pressed(state: &mut State, key: KeyEvent) -> Option<Effect> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return matches!(key.code, KeyCode::Char('c' | 'd')).then_some(Effect::Quit);
    }
    match state.pane.clone() {
        Pane::Ask(question) => answered(state, key.code, &question),
        Pane::List { selected } => listed(state, key.code, selected),
        _ => pressed_anywhere(state, key.code),
    }
}

fn answered(state: &mut State, code: KeyCode, question: &Question) -> Option<Effect> {
    match code {
        KeyCode::Char('y' | 'Y') => {
            state.pane = Pane::None;
            match question {
                Question::Diff => Some(Effect::Diff),
                Question::Reset(hole) => Some(Effect::Reset(*hole)),
                Question::PutBack => Some(Effect::PutBack),
                Question::Leave => leave(state),
            }
        }
        KeyCode::Char('n' | 'N' | 'q') | KeyCode::Esc | KeyCode::Enter => {
            state.pane = Pane::None;
            None
        }
        _ => None,
    }
}

fn listed(state: &mut State, code: KeyCode, selected: usize) -> Option<Effect> {
    let last = state.stages.len().saturating_sub(1);
    let selected = match code {
        KeyCode::Up | KeyCode::Char('k') => selected.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (selected + 1).min(last),
        KeyCode::Enter => {
            return opened(state, selected);
        }
        KeyCode::Esc | KeyCode::Char('l') => {
            state.pane = Pane::None;
            return None;
        }
        KeyCode::Char('q') => return Some(Effect::Quit),
        _ => selected,
    };
    state.pane = Pane::List { selected };
    None
}

fn opened(state: &mut State, index: usize) -> Option<Effect> {
    state.pane = Pane::None;
    state.selected = None;
    state.scroll = 0;
    (index != state.at()).then_some(Effect::Open(index))
}

fn leave(state: &mut State) -> Option<Effect> {
    let next = state.next_stage();
    if next.is_none() {
        state.notice = Some("This is the only stage there is so far.".to_owned());
    }
    next.and_then(|index| opened(state, index))
}

fn pressed_anywhere(state: &mut State, code: KeyCode) -> Option<Effect> {
    match code {
        KeyCode::Char('q') => return Some(Effect::Quit),
        KeyCode::Esc => return closed(state),
        KeyCode::PageDown | KeyCode::Char(' ') => scroll_down(state, 10),
        KeyCode::PageUp => state.scroll = state.scroll.saturating_sub(10),
        KeyCode::Home => state.scroll = 0,
        KeyCode::Down | KeyCode::Char('j') => down(state),
        KeyCode::Up | KeyCode::Char('k') => up(state),
        KeyCode::Char('?') => open(state, Pane::Help),
        KeyCode::Char('l') => {
            let selected = state.at();
            open(state, Pane::List { selected });
        }
        KeyCode::Char(letter) => return commanded(state, letter),
        _ => {}
    }
    None
}

/// Escape closes what is open, then ends what is being worked on.
fn closed(state: &mut State) -> Option<Effect> {
    state.scroll = 0;
    if state.pane != Pane::None {
        state.pane = Pane::None;
        return None;
    }
    state.selected = None;
    if matches!(state.phase, Phase::Working(_)) {
        state.phase = Phase::Idle;
        return Some(Effect::Cancel);
    }
    None
}

fn is_reading(state: &State) -> bool {
    matches!(
        state.pane,
        Pane::Text { .. } | Pane::Hint { .. } | Pane::Help
    ) || state.report.trouble.is_some()
}

/// Not much further than the text goes, so that the way back is not longer than the way there.
fn scroll_down(state: &mut State, lines: u16) {
    let end = match &state.pane {
        Pane::Text { text, .. } => u16::try_from(text.lines().count()).unwrap_or(u16::MAX),
        _ => 500,
    };
    state.scroll = state
        .scroll
        .saturating_add(lines)
        .min(end.saturating_sub(5));
}

fn down(state: &mut State) {
    if is_reading(state) {
        scroll_down(state, 1);
    } else {
        let last = state.report.holes.len().saturating_sub(1);
        state.selected = Some((state.hole() + 1).min(last));
    }
}

fn up(state: &mut State) {
    if is_reading(state) {
        state.scroll = state.scroll.saturating_sub(1);
    } else {
        state.selected = Some(state.hole().saturating_sub(1));
    }
}

fn commanded(state: &mut State, letter: char) -> Option<Effect> {
    let green = state.report.is_green();
    match letter {
        'n' if green => leave(state),
        'n' => {
            open(state, Pane::Ask(Question::Leave));
            None
        }
        'h' => Some(Effect::Hint(match state.pane {
            Pane::Hint { hole, .. } => hole,
            _ => state.hole(),
        })),
        'd' if green => Some(Effect::Diff),
        'd' => {
            open(state, Pane::Ask(Question::Diff));
            None
        }
        'v' => Some(begun(state, "running the lab", Effect::View)),
        'a' => Some(begun(state, "attacking", Effect::Attack)),
        'b' => Some(Effect::Book),
        'r' => {
            state.pane = Pane::None;
            Some(Effect::Check)
        }
        'x' => {
            let missing = matches!(state.report.trouble, Some(Trouble::Missing(_)));
            let question = if missing {
                Question::PutBack
            } else {
                Question::Reset(state.hole())
            };
            open(state, Pane::Ask(question));
            None
        }
        _ => None,
    }
}

fn begun(state: &mut State, what: &'static str, effect: Effect) -> Effect {
    state.pane = Pane::None;
    state.phase = Phase::Working(what);
    effect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::state;

    fn press(state: &mut State, code: KeyCode) -> Option<Effect> {
        update(state, Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn letter(state: &mut State, letter: char) -> Option<Effect> {
        press(state, KeyCode::Char(letter))
    }

    #[test]
    fn the_solution_is_free_when_green_and_asked_about_before() {
        let mut red = state(["Gg", "Gr", "tt"]);
        assert_eq!(letter(&mut red, 'd'), None);
        assert_eq!(red.pane, Pane::Ask(Question::Diff));
        assert_eq!(letter(&mut red, 'n'), None);
        assert_eq!(red.pane, Pane::None);
        letter(&mut red, 'd');
        assert_eq!(letter(&mut red, 'y'), Some(Effect::Diff));
        let mut green = state(["Gg", "Gg", "Gg"]);
        assert_eq!(letter(&mut green, 'd'), Some(Effect::Diff));
    }

    #[test]
    fn a_reset_asks_and_acts_on_the_selected_hole() {
        let mut state = state(["Gg", "Gr", "tt"]);
        letter(&mut state, 'x');
        assert_eq!(state.pane, Pane::Ask(Question::Reset(1)));
        press(&mut state, KeyCode::Esc);
        press(&mut state, KeyCode::Up);
        letter(&mut state, 'x');
        assert_eq!(letter(&mut state, 'y'), Some(Effect::Reset(0)));
    }

    #[test]
    fn leaving_an_unfinished_stage_asks() {
        let mut state = state(["Gg", "Gr", "tt"]);
        assert_eq!(letter(&mut state, 'n'), None);
        assert_eq!(state.pane, Pane::Ask(Question::Leave));
        assert_eq!(letter(&mut state, 'y'), Some(Effect::Open(2)));
    }

    #[test]
    fn each_h_asks_for_one_more_hint_of_the_same_hole() {
        let mut state = state(["Gg", "Gr", "tt"]);
        assert_eq!(letter(&mut state, 'h'), Some(Effect::Hint(1)));
        let shown = vec!["vague".to_owned()];
        update(&mut state, Event::Hints { hole: 1, shown });
        assert_eq!(letter(&mut state, 'h'), Some(Effect::Hint(1)));
        press(&mut state, KeyCode::Esc);
        assert_eq!(state.pane, Pane::None);
    }

    #[test]
    fn a_save_runs_the_tests_and_they_arrive_one_by_one() {
        let mut state = state(["Gg", "Gr", "tt"]);
        assert_eq!(update(&mut state, Event::Saved), Some(Effect::Check));
        update(&mut state, Event::Check(Update::Building));
        assert_eq!(state.phase, Phase::Building);
        update(&mut state, Event::Check(Update::Testing(6)));
        let test = "header::every_flipped_bit_is_noticed".to_owned();
        update(&mut state, Event::Check(Update::Tested(test, Mark::Green)));
        assert_eq!(state.phase, Phase::Testing { done: 1, total: 6 });
        assert_eq!(state.report.holes[1].mark(), Mark::Green);
    }

    #[test]
    fn control_c_quits_from_everywhere() {
        for pane in [
            Pane::None,
            Pane::Help,
            Pane::Ask(Question::Diff),
            Pane::List { selected: 0 },
        ] {
            let mut state = state(["tt", "tt", "tt"]);
            state.pane = pane;
            let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
            assert_eq!(update(&mut state, Event::Key(key)), Some(Effect::Quit));
        }
    }

    #[test]
    fn the_list_opens_another_stage() {
        let mut state = state(["tt", "tt", "tt"]);
        letter(&mut state, 'l');
        assert_eq!(state.pane, Pane::List { selected: 1 });
        press(&mut state, KeyCode::Down);
        assert_eq!(press(&mut state, KeyCode::Enter), Some(Effect::Open(2)));
    }
}
