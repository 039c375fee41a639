//! Reads what Rust's test harness prints.
//!
//! ```text
//!   test a_record_is_framed ... ok
//!   test replay_stops ... FAILED
//!
//!   failures:
//!
//!   ---- replay_stops stdout ----
//!   (what the test printed)
//!
//!   failures:
//!       replay_stops
//! ```

use std::collections::HashMap;

use super::Outcome;

/// The verdicts read so far from one run of one binary.
#[derive(Debug, Default)]
pub(super) struct Reading {
    outcomes: HashMap<String, Outcome>,
}

impl Reading {
    /// Reads one line as it arrives; returns the test and whether it passed, if the line says so.
    pub(super) fn line<'l>(&mut self, line: &'l str) -> Option<(&'l str, bool)> {
        let (name, verdict) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        let outcome = match verdict.split([' ', ',']).next()? {
            "ok" => Outcome::Passed,
            "ignored" => Outcome::Ignored,
            "FAILED" => Outcome::Failed {
                output: String::new(),
            },
            _ => return None,
        };
        let passed = outcome.is_green();
        self.outcomes.insert(name.to_owned(), outcome);
        Some((name, passed))
    }

    /// Takes the output of the failed tests from the whole of what was printed.
    pub(super) fn finish(&mut self, printed: &str) {
        let mut section: Option<(&str, String)> = None;
        for line in printed.lines() {
            let header = line
                .strip_prefix("---- ")
                .and_then(|rest| rest.strip_suffix(" stdout ----"));
            if let Some(name) = header {
                self.failed(section.take());
                section = Some((name, String::new()));
            } else if line == "failures:" {
                self.failed(section.take());
            } else if let Some((_, text)) = &mut section {
                text.push_str(line);
                text.push('\n');
            }
        }
        self.failed(section);
        if !printed
            .lines()
            .any(|line| line.starts_with("test result: "))
        {
            // It was ended before it said why tests failed, which it does last: they have to say so again.
            self.outcomes
                .retain(|_, outcome| outcome.is_green() || !outcome.output().is_empty());
        }
    }

    /// What the run said about a test, if it did.
    pub(super) fn outcome(&self, function: &str) -> Option<Outcome> {
        self.outcomes.get(function).cloned()
    }

    fn failed(&mut self, section: Option<(&str, String)>) {
        let Some((name, text)) = section else {
            return;
        };
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        if let Some(Outcome::Failed { output }) = self.outcomes.get_mut(name) {
            text.trim().clone_into(output);
        }
    }
}

/// The names in the output of `--list --format terse`.
pub(super) fn listed(printed: &str) -> impl Iterator<Item = &str> {
    printed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_outputs_are_read() {
        let printed = "\nrunning 3 tests\ntest a ... ok\ntest m::b ... FAILED\n\
            test c - should panic ... FAILED\ntest d ... ignored, slow\n\nfailures:\n\n\
            ---- m::b stdout ----\nthe text\n\n---- c stdout ----\nnote: no panic\n\n\
            failures:\n    m::b\n    c\n";
        let mut reading = Reading::default();
        let seen: Vec<_> = printed
            .lines()
            .filter_map(|line| Some(reading.line(line)?.0))
            .collect();
        assert_eq!(seen, ["a", "m::b", "c", "d"]);
        reading.finish(&format!(
            "{printed}\ntest result: FAILED. 1 passed; 2 failed\n"
        ));
        assert_eq!(reading.outcome("a"), Some(Outcome::Passed));
        assert_eq!(reading.outcome("d"), Some(Outcome::Ignored));
        let output = "the text".to_owned();
        assert_eq!(reading.outcome("m::b"), Some(Outcome::Failed { output }));
        let output = "note: no panic".to_owned();
        assert_eq!(reading.outcome("c"), Some(Outcome::Failed { output }));
        assert_eq!(reading.outcome("e"), None);
    }

    #[test]
    fn a_failure_without_its_output_is_no_verdict_when_the_run_was_ended() {
        let printed = "test a ... ok\ntest b ... FAILED\n";
        let mut reading = Reading::default();
        assert_eq!(
            printed
                .lines()
                .filter_map(|line| reading.line(line))
                .count(),
            2
        );
        reading.finish(printed);
        assert_eq!(reading.outcome("a"), Some(Outcome::Passed));
        assert_eq!(reading.outcome("b"), None);
    }
}
