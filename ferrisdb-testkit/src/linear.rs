//! Whether what several threads saw of one key could have happened one after the other.
//!
//! A history is *linearizable* if each operation can be given a moment between its beginning and
//! its end such that the operations, done one by one in the order of these moments, would have
//! seen what they saw. The check tries the orders: what could have been first is every operation
//! that began before any other had ended (Wing and Gong, "Testing and Verifying Concurrent
//! Objects", 1993); a set of operations that were done already, with the value that they left, need not be
//! tried twice (Lowe, "Testing for linearizability", 2017).

use std::collections::HashSet;

/// Something that a thread did to one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// When it began, by a clock that all threads share.
    pub began: u64,
    /// When it ended. A call whose end nobody saw, because it failed or was killed, may take
    /// effect at any time or never: `None`.
    pub ended: Option<u64>,
    /// What it was.
    pub action: Action,
}

/// What a [`Call`] did. Values are numbers; `None` is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Wrote this.
    Write(Option<u64>),
    /// Read this.
    Read(Option<u64>),
}

/// Whether the calls to one key, which begins without a value, can have happened one after the
/// other.
///
/// Takes time that grows fast with the number of calls under way at once, and not much with
/// how many there are in all: a history is cut where nothing is under way.
///
/// # Panics
/// If there are more than 64 calls without such a quiet moment.
///
/// ```
/// use ferrisdb_testkit::{Action, Call, is_linearizable};
///
/// let write = Call { began: 1, ended: Some(4), action: Action::Write(Some(7)) };
/// let read = |began, value| Call { began, ended: Some(began + 1), action: Action::Read(value) };
/// assert!(is_linearizable(&[write, read(2, None), read(5, Some(7))]));
/// assert!(!is_linearizable(&[write, read(2, Some(7)), read(5, None)]));
/// ```
#[must_use]
pub fn is_linearizable(calls: &[Call]) -> bool {
    let mut calls = calls.to_vec();
    calls.sort_by_key(|call| call.began);
    let mut values = HashSet::from([None]);
    for part in quiet_parts(&calls) {
        values = outcomes(part, &values);
    }
    !values.is_empty()
}

/// The history, cut where no call is under way.
fn quiet_parts(calls: &[Call]) -> impl Iterator<Item = &[Call]> {
    let mut busy_until = 0;
    calls.chunk_by(move |call, next| {
        busy_until = busy_until.max(call.ended.unwrap_or(u64::MAX));
        next.began <= busy_until
    })
}

/// The values that the key can have after these calls, if it had one of `before`.
fn outcomes(calls: &[Call], before: &HashSet<Option<u64>>) -> HashSet<Option<u64>> {
    assert!(calls.len() <= 64, "too many calls without a quiet moment");
    let all = u64::MAX >> (64 - calls.len());
    let must: u64 = bits(calls, |call| call.ended.is_some());
    let mut after = HashSet::new();
    let mut seen = HashSet::new();
    let mut stack: Vec<(u64, Option<u64>)> = before.iter().map(|value| (0, *value)).collect();
    while let Some((done, value)) = stack.pop() {
        if !seen.insert((done, value)) {
            continue;
        }
        if done & must == must {
            after.insert(value);
        }
        let left = all & !done;
        let is_left = |at: usize| left & (1 << at) != 0;
        // Whatever began after another had ended cannot come before that one.
        let first_end = (0..calls.len())
            .filter(|at| is_left(*at))
            .filter_map(|at| calls[at].ended)
            .min()
            .unwrap_or(u64::MAX);
        for (at, call) in calls.iter().enumerate() {
            if is_left(at) && call.began <= first_end {
                match call.action {
                    Action::Write(new) => stack.push((done | 1 << at, new)),
                    Action::Read(found) if found == value => stack.push((done | 1 << at, value)),
                    Action::Read(_) => {}
                }
            }
        }
    }
    after
}

fn bits(calls: &[Call], test: impl Fn(&Call) -> bool) -> u64 {
    let bit = |(at, call): (usize, &Call)| u64::from(test(call)) << at;
    calls.iter().enumerate().map(bit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(began: u64, ended: u64, action: Action) -> Call {
        Call {
            began,
            ended: Some(ended),
            action,
        }
    }

    fn write(began: u64, ended: u64, value: u64) -> Call {
        call(began, ended, Action::Write(Some(value)))
    }

    fn read(began: u64, ended: u64, value: u64) -> Call {
        call(began, ended, Action::Read(Some(value)))
    }

    #[test]
    fn calls_that_overlap_may_take_effect_in_any_order() {
        for last in [1, 2] {
            assert!(is_linearizable(&[
                write(1, 5, 1),
                write(2, 6, 2),
                read(7, 8, last)
            ]));
        }
    }

    #[test]
    fn a_value_that_was_replaced_does_not_come_back() {
        assert!(!is_linearizable(&[
            write(1, 2, 1),
            write(3, 4, 2),
            read(5, 6, 1)
        ]));
        assert!(
            !is_linearizable(&[write(1, 2, 1), write(3, 9, 2), read(4, 5, 2), read(6, 7, 1)]),
            "two reads, one after the other, see the write and then not"
        );
    }

    #[test]
    fn a_value_that_nobody_wrote_is_no_value() {
        assert!(!is_linearizable(&[write(1, 2, 1), read(3, 4, 2)]));
        assert!(!is_linearizable(&[read(1, 2, 1)]));
        assert!(is_linearizable(&[call(1, 2, Action::Read(None))]));
    }

    #[test]
    fn a_write_whose_end_nobody_saw_may_have_happened_or_not() {
        let lost = Call {
            ended: None,
            ..write(1, 0, 1)
        };
        assert!(is_linearizable(&[lost, call(2, 3, Action::Read(None))]));
        assert!(is_linearizable(&[lost, read(2, 3, 1)]));
        assert!(is_linearizable(&[
            lost,
            call(2, 3, Action::Read(None)),
            read(4, 5, 1)
        ]));
        assert!(!is_linearizable(&[
            lost,
            read(2, 3, 1),
            call(4, 5, Action::Read(None))
        ]));
    }

    #[test]
    fn a_long_history_is_cut_at_quiet_moments() {
        let history: Vec<_> = (0..10_000)
            .flat_map(|n| {
                [
                    write(10 * n, 10 * n + 3, n),
                    read(10 * n + 5, 10 * n + 6, n),
                ]
            })
            .collect();
        assert!(is_linearizable(&history));
    }
}
