//! What a failed test said, as a short number: so that two failures can be compared without
//! keeping their texts.
//!
//! Two crates with the same mistake fail the same tests, but so do two with different ones. What the
//! tests say of them tells them apart: the values that they found, the step at which they stopped.

use std::path::Path;

use crate::learn::failure::Failure;
use crate::runner::Outcome;

/// The number of an outcome; none if the test did not fail.
pub fn gist(test: &str, outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Passed | Outcome::Ignored => None,
        Outcome::TimedOut { .. } => Some("hangs".to_owned()),
        Outcome::Aborted { .. } => Some("dies".to_owned()),
        Outcome::Failed { output } => {
            // Where it happened is in the learner's own lines, so it is no part of it.
            let failure = Failure::read(test, output, Path::new("/"), Path::new("/"));
            Some(number(&steady(&failure.message.join("\n"))))
        }
    }
}

/// The text without what is different in every run: the names of temporary directories.
fn steady(text: &str) -> String {
    let mut parts = text.split("/.tmp");
    let mut steady = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        steady.push_str("/.tmp");
        steady.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    steady
}

/// FNV-1a, folded: it tells texts apart, not attackers.
fn number(text: &str) -> String {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:08x}", (sum >> 32) ^ (sum & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(output: &str) -> String {
        let output = output.to_owned();
        gist("a::b", &Outcome::Failed { output }).expect("it failed")
    }

    #[test]
    fn the_same_words_have_the_same_gist_wherever_they_were_said() {
        let one =
            of("thread 'b' (1) panicked at a.rs:1:2:\nthe size is 3\nstack backtrace:\n 0: x\n");
        let two = of("thread 'b' (9) panicked at c.rs:8:9:\nthe size is 3\n");
        let three = of("thread 'b' (9) panicked at c.rs:8:9:\nthe size is 4\n");
        assert_eq!(one, two);
        assert_ne!(two, three);
    }

    #[test]
    fn temporary_directories_do_not_count() {
        let one = of("thread 'b' panicked at a.rs:1:2:\ncannot read /tmp/.tmpAb12Cd/x.wal\n");
        let two = of("thread 'b' panicked at a.rs:1:2:\ncannot read /tmp/.tmpZZZZZZ/x.wal\n");
        let other = of("thread 'b' panicked at a.rs:1:2:\ncannot read /tmp/.tmpZZZZZZ/y.wal\n");
        assert_eq!(one, two);
        assert_ne!(two, other);
    }

    #[test]
    fn what_ends_without_words_has_a_name() {
        let output = String::new();
        assert_eq!(
            gist("a::b", &Outcome::Aborted { output }).as_deref(),
            Some("dies")
        );
        assert_eq!(gist("a::b", &Outcome::Passed), None);
    }
}
