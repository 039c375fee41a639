//! From failing tests to the mistake that is likely behind them.
//!
//! A learner's crate is compared with the stage's wrong answers by the tests that fail. Only tests
//! whose hole, and every hole before it, has been filled can tell anything: the others fail anyway.

use std::collections::BTreeSet;

use crate::lesson::{Lesson, Wrong};
use crate::wrong::Record;

/// Below this share of common failures two crates are not thought to have the same mistake.
const LIKENESS_MIN: f64 = 0.6;

/// A wrong answer that fails as the learner's crate does.
#[derive(Debug, Clone, Copy)]
pub struct Diagnosis<'a> {
    /// The mistake.
    pub wrong: &'a Wrong,
    /// Whether exactly the same tests fail, among those that can tell anything.
    pub exact: bool,
}

/// The mistakes that the failing tests point to, the likeliest first; empty if nothing is like it.
///
/// `failing` are the names of the tests that fail for another reason than an empty hole;
/// `filled` says of each hole whether the learner has filled it.
pub fn diagnose<'a>(
    lesson: &'a Lesson,
    record: &Record,
    failing: &BTreeSet<String>,
    filled: &[bool],
) -> Vec<Diagnosis<'a>> {
    let telling = telling_tests(lesson, filled);
    let seen: BTreeSet<&str> = restrict(failing, &telling);
    if seen.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &Wrong)> = lesson
        .wrong
        .iter()
        .filter_map(|wrong| {
            let fails = restrict(record.fails.get(&wrong.name)?, &telling);
            let likeness = likeness(&seen, &fails);
            (likeness >= LIKENESS_MIN).then_some((likeness, wrong))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = scored.first().map_or(0.0, |(likeness, _)| *likeness);
    scored
        .into_iter()
        .filter(|(likeness, _)| *likeness >= best)
        .map(|(likeness, wrong)| Diagnosis {
            wrong,
            exact: likeness >= 1.0,
        })
        .collect()
}

/// The tests of the holes that are filled together with every hole before them, without those
/// that fail by chance.
fn telling_tests<'a>(lesson: &'a Lesson, filled: &[bool]) -> BTreeSet<&'a str> {
    lesson
        .holes
        .iter()
        .zip(filled)
        .take_while(|(_, filled)| **filled)
        .flat_map(|(hole, _)| &hole.tests)
        .filter(|test| !lesson.chance.contains(test))
        .map(String::as_str)
        .collect()
}

fn restrict<'t>(tests: &'t BTreeSet<String>, telling: &BTreeSet<&str>) -> BTreeSet<&'t str> {
    tests
        .iter()
        .map(String::as_str)
        .filter(|test| telling.contains(test))
        .collect()
}

/// The share of common tests among all tests of both sets, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a stage has dozens of tests")]
fn likeness(a: &BTreeSet<&str>, b: &BTreeSet<&str>) -> f64 {
    let common = a.intersection(b).count();
    let all = a.union(b).count();
    if all == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}
