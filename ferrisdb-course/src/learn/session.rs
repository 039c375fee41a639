//! One run of the program: the course, what is remembered, and what to tell first.

use std::path::Path;

use crate::course::{Course, Stage};
use crate::cut;
use crate::error::{Error, Result};

use super::check::{self, Setup};
use super::files::{Kept, shown, write_atomic};
use super::guard;
use super::progress::{Choice, Store};
use super::report::{Mark, Report};
use super::swap;
use super::update;

/// A stage in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageLine {
    /// "03".
    pub number: String,
    /// "03-wal".
    pub name: String,
    /// "The write-ahead log".
    pub title: String,
    /// The minutes of all its holes.
    pub minutes: u32,
    /// Its holes that are green.
    pub green: usize,
    /// Its holes.
    pub holes: usize,
    /// Whether the rest of the course builds on the learner's crate.
    pub mine: bool,
}

impl StageLine {
    /// Whether every hole is green.
    pub fn is_finished(&self) -> bool {
        self.green == self.holes
    }
}

/// The course and what is remembered about it.
#[derive(Debug)]
pub struct Session {
    /// The course.
    pub course: Course,
    /// The folder `.learn`.
    pub kept: Kept,
    /// The progress file.
    pub store: Store,
    /// What a person should know before anything else.
    pub notices: Vec<String>,
}

impl Session {
    /// Opens the course that `start` lies in.
    pub fn open(start: &Path) -> Result<Session> {
        let course = Course::find(start)?;
        let kept = Kept::new(&course.root);
        let (store, notice) = Store::open(&kept);
        let mut notices: Vec<String> = notice.into_iter().collect();
        notices.extend(update::interrupted(&kept, &course.root));
        let mut session = Session {
            course,
            kept,
            store,
            notices,
        };
        session.remember_beginnings();
        Ok(session)
    }

    /// Keeps the cut that the learner begins from and the fingerprint of the tests, for
    /// every stage seen for the first time. What cannot be written is said when it matters.
    fn remember_beginnings(&mut self) {
        for stage in self.course.stages.clone() {
            let base = self.kept.base_dir(&stage.name);
            if base.exists() {
                continue;
            }
            if let Ok(files) = cut::cut(&stage) {
                for file in files {
                    let _ = write_atomic(&base.join(file.path), file.text.as_bytes());
                }
                let tests = Some(guard::fingerprint(&stage));
                self.store
                    .change_stage(&stage.name, |progress| progress.tests = tests);
            }
        }
    }

    /// The stage asked for, else the one worked on last, else the first that is not finished.
    pub fn stage(&self, asked: Option<&str>) -> Result<Stage> {
        if let Some(asked) = asked {
            return self.course.stage(asked).cloned();
        }
        let current = self.store.progress.current.as_deref();
        let last = current.and_then(|name| self.course.stage(name).ok());
        let open = || {
            self.course
                .stages
                .iter()
                .find(|stage| !self.is_finished(stage))
        };
        last.or_else(open)
            .or_else(|| self.course.stages.first())
            .cloned()
            .ok_or_else(|| Error::NoCourse {
                start: self.course.root.clone(),
            })
    }

    /// Where the learner stands, as far as it is known without running anything.
    pub fn report(&self, stage: &Stage) -> Report {
        let mut holes = check::holes(stage);
        let remembered = self.store.stage(&stage.name).green;
        for hole in holes
            .iter_mut()
            .filter(|hole| hole.started && remembered.contains(&hole.item))
        {
            for test in &mut hole.tests {
                test.mark = Mark::Green;
            }
        }
        Report {
            number: stage.number_text(),
            name: stage.name.clone(),
            title: stage.lesson.title.clone(),
            package: stage.lesson.package.clone(),
            chapter: shown(&stage.chapter_path(), &self.course.root),
            holes,
            own: Vec::new(),
            trouble: None,
            failure: None,
            mistake: None,
            notices: self.behind(stage).into_iter().collect(),
            next_stage: self.next_open(stage),
            left_out: self.left_out(stage),
            in_engine: swap::is_in_engine(stage),
        }
    }

    /// The note that the course has changed under the learner's work.
    pub fn behind(&self, stage: &Stage) -> Option<String> {
        update::is_behind(&self.kept, stage).then(|| {
            format!(
                "the course has a newer version of stage {}: `cargo learn update` merges it with your work.",
                stage.number_text()
            )
        })
    }

    /// The first stage after this one that is not finished.
    fn next_open(&self, stage: &Stage) -> Option<String> {
        let is_next = |other: &&Stage| other.number > stage.number && !self.is_finished(other);
        let next = self.course.stages.iter().find(is_next);
        next.map(Stage::number_text)
    }

    /// The stages before this one that are not finished.
    fn left_out(&self, stage: &Stage) -> Vec<String> {
        let is_open = |other: &&Stage| other.number < stage.number && !self.is_finished(other);
        let open = self.course.stages.iter().filter(is_open);
        open.map(Stage::number_text).collect()
    }

    fn is_finished(&self, stage: &Stage) -> bool {
        self.store.stage(&stage.name).finished
    }

    /// Everything that a run of the stage's tests needs.
    pub fn setup(&self, stage: &Stage, own_group: bool) -> Setup {
        Setup {
            course: self.course.clone(),
            stage: stage.clone(),
            mine: self.mine_below(stage),
            report: self.report(stage),
            fingerprint: self.store.stage(&stage.name).tests,
            own_group,
        }
    }

    /// The learner's crates that this stage is built on.
    pub fn mine_below(&self, stage: &Stage) -> Vec<Stage> {
        let mine = self.mine().into_iter();
        mine.filter(|other| other.number < stage.number).collect()
    }

    /// The stages whose crate in use is the learner's.
    pub fn mine(&self) -> Vec<Stage> {
        let is_mine = |stage: &&Stage| self.store.stage(&stage.name).choice == Choice::Mine;
        let stages = self.course.stages.iter().filter(is_mine);
        stages
            .filter(|stage| swap::is_in_engine(stage))
            .cloned()
            .collect()
    }

    /// Remembers how a run went, and that this is the stage being worked on.
    pub fn record(&mut self, report: &Report) {
        let (name, finished) = (report.name.clone(), report.is_green());
        // Code that does not compile says nothing about what was green.
        let green = report.trouble.is_none().then(|| {
            let green = report
                .holes
                .iter()
                .filter(|hole| hole.mark() == Mark::Green);
            green.map(|hole| hole.item.clone()).collect()
        });
        self.store.change(|progress| {
            progress.current = Some(name.clone());
            if let Some(green) = green {
                let stage = progress.stages.entry(name).or_default();
                stage.green = green;
                stage.finished = finished;
            }
        });
        self.notices.extend(self.store.take_trouble());
    }

    /// Every stage with how far the learner is.
    pub fn stage_lines(&self) -> Vec<StageLine> {
        let line = |stage: &Stage| {
            let progress = self.store.stage(&stage.name);
            let holes = &stage.lesson.holes;
            StageLine {
                number: stage.number_text(),
                name: stage.name.clone(),
                title: stage.lesson.title.clone(),
                minutes: holes.iter().map(|hole| hole.minutes).sum(),
                green: holes
                    .iter()
                    .filter(|hole| progress.green.contains(&hole.item))
                    .count(),
                holes: holes.len(),
                mine: progress.choice == Choice::Mine,
            }
        };
        self.course.stages.iter().map(line).collect()
    }
}
