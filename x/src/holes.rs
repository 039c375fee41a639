//! `cargo x holes`: that the tests guard the holes, and that the holes can be filled in order.
//!
//! For each stage, in a scratch workspace:
//!
//! 1. the tests that the lesson lists are the tests that there are;
//! 2. on the untouched cut each of them fails, at a `todo!`;
//! 3. with holes 1 to k filled, the tests of holes 1 to k are green;
//! 4. with any single hole emptied in the full solution, a test that the lesson names for it fails.

use std::collections::BTreeSet;

use super::report::{Findings, count, first_lines};
use super::scratch::{Scratch, ScratchError};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::cut;
use ferrisdb_course::lesson::Hole;
use ferrisdb_course::runner::{self, BuildError, Limits, Outcome, Verdict};

/// Checks one stage; `say` is told each step.
pub(super) fn check(
    course: &Course,
    stage: &Stage,
    say: &dyn Fn(&str),
) -> Result<Findings, ScratchError> {
    let mut check = Check {
        scratch: Scratch::open(course, stage)?,
        stage,
        findings: Findings::good(format!(
            "{}: {} and {} guard each other",
            stage.name,
            count(stage.lesson.holes.len(), "hole"),
            count(stage.lesson.tests().count(), "test")
        )),
        say,
    };
    check.untouched()?;
    if check.findings.problems.is_empty() {
        check.in_order()?;
        check.one_by_one()?;
    }
    Ok(check.findings)
}

struct Check<'a> {
    scratch: Scratch<'a>,
    stage: &'a Stage,
    findings: Findings,
    say: &'a dyn Fn(&str),
}

impl Check<'_> {
    /// The list of tests, and each of them red for the right reason.
    fn untouched(&mut self) -> Result<(), ScratchError> {
        (self.say)(&format!("{}: every hole empty", self.stage.name));
        self.scratch.put(&cut::cut(self.stage)?)?;
        let binaries = self.scratch.build(true)?;
        let mut there = BTreeSet::new();
        for binary in &binaries {
            there.extend(runner::list(binary)?);
        }
        let listed: BTreeSet<String> = self.stage.lesson.tests().map(str::to_owned).collect();
        for test in listed.difference(&there) {
            let hole = self.stage.lesson.hole_of_test(test);
            let line = hole.map_or(1, |hole| self.stage.lesson.holes[hole].line);
            let error = self
                .stage
                .lesson
                .error(line, format!("there is no test `{test}`"));
            self.findings.problem(error.to_string());
        }
        for test in there.difference(&listed) {
            self.findings.problem(format!(
                "{}: the test `{test}` is listed under no hole of the lesson",
                self.stage.name
            ));
        }
        for verdict in self.scratch.run(&binaries, &Limits::default())? {
            if listed.contains(&verdict.test) {
                self.is_red_at_a_todo(&verdict);
            }
        }
        Ok(())
    }

    fn is_red_at_a_todo(&mut self, verdict: &Verdict) {
        let (stage, test) = (&self.stage.name, &verdict.test);
        match &verdict.outcome {
            Outcome::Passed | Outcome::Ignored => self.findings.problem(format!(
                "{stage}: `{test}` passes although every hole is empty"
            )),
            Outcome::TimedOut { .. } => self.findings.problem(format!(
                "{stage}: `{test}` hangs while every hole is empty, instead of failing at a `todo!`"
            )),
            Outcome::Failed { output } | Outcome::Aborted { output } => {
                let lesson = &self.stage.lesson;
                let of_hole = lesson.hole_of_test(test).map(|hole| &lesson.holes[hole]);
                // A hole that is cut with a body has no `todo!` to fail at.
                let has_body = of_hole.is_some_and(|hole| hole.body.is_some());
                if !has_body && !lesson.holes.iter().any(|hole| mentions(output, hole)) {
                    self.findings.problem(format!(
                        "{stage}: `{test}` should fail at a `todo!` of the lesson while every hole \
                         is empty; it says\n{}",
                        first_lines(output, 12)
                    ));
                }
            }
        }
    }

    /// The tests of each hole turn green when it and the holes before it are filled.
    fn in_order(&mut self) -> Result<(), ScratchError> {
        let mut green_before = BTreeSet::new();
        for (number, hole) in self.stage.lesson.holes.iter().enumerate() {
            (self.say)(&format!(
                "{}: holes 1 to {} of {} filled ({})",
                self.stage.name,
                number + 1,
                self.stage.lesson.holes.len(),
                hole.item
            ));
            let Some(verdicts) = self.verdicts(|other| other <= number)? else {
                continue;
            };
            for verdict in &verdicts {
                let of_hole = self.stage.lesson.hole_of_test(&verdict.test);
                if of_hole.is_some_and(|of| of <= number) && !verdict.outcome.is_green() {
                    self.findings.problem(format!(
                        "{}: with holes 1 to {} filled (the last is `{}`), `{}` of hole {} {}",
                        self.stage.name,
                        number + 1,
                        hole.item,
                        verdict.test,
                        of_hole.unwrap_or_default() + 1,
                        describe(&verdict.outcome)
                    ));
                }
            }
            for test in green(&verdicts) {
                let of_hole = self.stage.lesson.hole_of_test(&test);
                if green_before.insert(test.clone()) && of_hole.is_some_and(|of| of > number) {
                    self.findings.notes.push(format!(
                        "{}: `{test}` of hole {} is green already after hole {} (`{}`)",
                        self.stage.name,
                        of_hole.unwrap_or_default() + 1,
                        number + 1,
                        hole.item
                    ));
                }
            }
        }
        Ok(())
    }

    /// Each hole has a test that fails when only that hole is empty.
    fn one_by_one(&mut self) -> Result<(), ScratchError> {
        for (number, hole) in self.stage.lesson.holes.iter().enumerate() {
            (self.say)(&format!("{}: only `{}` empty", self.stage.name, hole.item));
            let Some(verdicts) = self.verdicts(|other| other != number)? else {
                continue;
            };
            let green = green(&verdicts);
            if hole.tests.iter().all(|test| green.contains(test)) {
                let message = format!(
                    "`{}` can be empty and no test that is named for it fails",
                    hole.item
                );
                let error = self.stage.lesson.error(hole.line, message);
                self.findings.problem(error.to_string());
            }
        }
        Ok(())
    }

    /// What the tests say of one variant; nothing if it does not compile, which is a problem.
    fn verdicts(
        &mut self,
        filled: impl Fn(usize) -> bool,
    ) -> Result<Option<Vec<Verdict>>, ScratchError> {
        let files = cut::fill(self.stage, &filled)?;
        match self.scratch.test(&files, &Limits::default()) {
            Ok(verdicts) => Ok(Some(verdicts)),
            Err(ScratchError::Build(BuildError::Compile { rendered })) => {
                let holes = self.stage.lesson.holes.iter().enumerate();
                let empty: Vec<_> = holes
                    .filter(|(number, _)| !filled(*number))
                    .map(|(_, hole)| hole.item.as_str())
                    .collect();
                self.findings.problem(format!(
                    "{} does not compile with these holes empty and the others filled: {}\n{}",
                    self.stage.name,
                    empty.join(", "),
                    first_lines(&rendered, 30)
                ));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn green(verdicts: &[Verdict]) -> BTreeSet<String> {
    verdicts
        .iter()
        .filter(|verdict| verdict.outcome.is_green())
        .map(|verdict| verdict.test.clone())
        .collect()
}

/// Whether a test's output shows that it ran into the hole.
fn mentions(output: &str, hole: &Hole) -> bool {
    output.contains(&format!("not yet implemented: {}", hole.todo))
        || output.lines().any(|line| line == "not yet implemented")
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Passed | Outcome::Ignored => "passes".into(),
        Outcome::TimedOut { limit } => format!("is still running after {} s", limit.as_secs()),
        Outcome::Failed { output } => format!("fails\n{}", first_lines(output, 12)),
        Outcome::Aborted { output } => format!("aborts\n{}", first_lines(output, 12)),
    }
}
