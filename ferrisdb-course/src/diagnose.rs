//! From failing tests to the mistake that is likely behind them.
//!
//! A learner's crate is compared with the stage's wrong answers by the tests that fail and by what
//! these say. Only tests whose hole, and every hole before it, has been filled can tell anything: the
//! others fail anyway.

use std::collections::{BTreeMap, BTreeSet};

use crate::lesson::{Lesson, Wrong};
use crate::wrong::Record;

/// Below this share of common failures two crates are not thought to have the same mistake.
const LIKENESS_MIN: f64 = 0.6;

/// Below this share of common words neither, unless exactly the same tests fail.
const SAME_WORDS_MIN: f64 = 0.5;

/// A wrong answer that fails as the learner's crate does.
#[derive(Debug, Clone, Copy)]
pub struct Diagnosis<'a> {
    /// The mistake.
    pub wrong: &'a Wrong,
    /// Whether exactly the same tests fail with the same words, among those that can tell anything.
    pub sure: bool,
}

/// The mistakes that the failing tests point to, the likeliest first; empty if nothing is like it.
///
/// `failing` are the tests that fail for another reason than an empty hole, each with the
/// [`crate::gist`] of what it said; `filled` says of each hole whether the learner has filled it.
pub fn diagnose<'a>(
    lesson: &'a Lesson,
    record: &Record,
    failing: &BTreeMap<String, String>,
    filled: &[bool],
) -> Vec<Diagnosis<'a>> {
    let telling = telling_tests(lesson, filled);
    let seen: BTreeSet<&str> = restrict(failing.keys(), &telling);
    if seen.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, Diagnosis<'a>)> = Vec::new();
    for wrong in &lesson.wrong {
        let Some(fails) = record.fails.get(&wrong.name) else {
            continue;
        };
        let fails = restrict(fails, &telling);
        let common: Vec<&str> = seen.intersection(&fails).copied().collect();
        let likeness = share(common.len(), seen.union(&fails).count());
        let said = record.says.get(&wrong.name);
        let is_same = |test: &&&str| {
            let said = said.and_then(|said| said.get(**test));
            said.is_some() && said == failing.get(**test)
        };
        let same = share(common.iter().filter(is_same).count(), common.len());
        let exact = likeness >= 1.0;
        if exact || (likeness >= LIKENESS_MIN && same >= SAME_WORDS_MIN) {
            let sure = exact && same >= 1.0;
            scored.push((likeness + same, Diagnosis { wrong, sure }));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = scored.first().map_or(0.0, |(score, _)| *score);
    let is_best = |(score, _): &(f64, Diagnosis<'a>)| *score >= best;
    let found = scored.into_iter().filter(is_best);
    found.map(|(_, diagnosis)| diagnosis).collect()
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

fn restrict<'t>(
    tests: impl IntoIterator<Item = &'t String>,
    telling: &BTreeSet<&str>,
) -> BTreeSet<&'t str> {
    let tests = tests.into_iter().map(String::as_str);
    tests.filter(|test| telling.contains(test)).collect()
}

/// `part` of `all`, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a stage has dozens of tests")]
fn share(part: usize, all: usize) -> f64 {
    if all == 0 {
        0.0
    } else {
        part as f64 / all as f64
    }
}
