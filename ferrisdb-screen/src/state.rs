//! Everything the full screen shows, and nothing else: no files, no processes, no terminal.

use ferrisdb_course::learn::report::Report;
use ferrisdb_course::learn::session::StageLine;

/// The whole screen.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Every stage of the course.
    pub(crate) stages: Vec<StageLine>,
    /// Where the learner stands in the current one.
    pub(crate) report: Report,
    /// What is going on.
    pub(crate) phase: Phase,
    /// What lies over the report, if anything.
    pub(crate) pane: Pane,
    /// The hole that keys act on, if it is not the current one.
    pub(crate) selected: Option<usize>,
    /// How many lines the text is scrolled down.
    pub(crate) scroll: u16,
    /// One sentence about the last key, until the next one.
    pub(crate) notice: Option<String>,
    /// What clippy has to say about a green stage.
    pub(crate) advice: Option<String>,
}

/// What is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing: it waits for a save.
    Idle,
    /// Cargo builds the tests.
    Building,
    /// The tests run.
    Testing {
        /// How many have ended.
        done: usize,
        /// How many there are.
        total: usize,
    },
    /// A test that did not end with the others runs by itself, to see whether it hangs.
    Alone(String),
    /// Something else that takes time: the lab, the attack, clippy.
    Working(&'static str),
}

/// What lies over the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pane {
    /// Nothing.
    None,
    /// The hints of a hole so far.
    Hint {
        /// The hole.
        hole: usize,
        /// The hints shown, first to last.
        shown: Vec<String>,
    },
    /// A long text: the diff, the attack, the lab.
    Text {
        /// What it is.
        title: String,
        /// With its colours.
        text: String,
    },
    /// The stages.
    List {
        /// The one that Enter opens.
        selected: usize,
    },
    /// A question to be answered with y or n.
    Ask(Question),
    /// The keys.
    Help,
}

/// A question before something that cannot be undone by the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// Show the solution before the tests are green.
    Diff,
    /// Put a hole back.
    Reset(usize),
    /// Put missing files back.
    PutBack,
    /// Leave a stage that is not finished.
    Leave,
}

impl State {
    /// The screen before anything has happened.
    pub(crate) fn new(report: Report, stages: Vec<StageLine>) -> State {
        State {
            stages,
            report,
            phase: Phase::Idle,
            pane: Pane::None,
            selected: None,
            scroll: 0,
            notice: None,
            advice: None,
        }
    }

    /// The hole that keys act on: the selected one, else the current one, else the last.
    pub(crate) fn hole(&self) -> usize {
        let last = self.report.holes.len().saturating_sub(1);
        self.selected
            .or_else(|| self.report.current())
            .unwrap_or(last)
            .min(last)
    }

    /// The number of the current stage among all stages.
    pub(crate) fn at(&self) -> usize {
        let is_current = |stage: &StageLine| stage.name == self.report.name;
        self.stages.iter().position(is_current).unwrap_or(0)
    }

    /// The stage that `n` leads to: the next one that is not finished, else the next one.
    pub(crate) fn next_stage(&self) -> Option<usize> {
        let at = self.at();
        let later = at + 1..self.stages.len();
        let open = later
            .clone()
            .chain(0..at)
            .find(|index| !self.stages[*index].is_finished());
        open.or_else(|| later.into_iter().next())
    }
}
