//! What threads can do to each other, step by step.

use serde_json::json;

/// Steps of several threads, in the order in which they happen.
pub(crate) struct Timeline {
    title: &'static str,
    is_good: bool,
    threads: &'static [&'static str],
    outcome: &'static str,
    steps: &'static [Step],
}

/// A thread, what it does, how to tell it, and what a walk from the head sees then, if that has
/// changed.
type Step = (usize, &'static str, &'static str, &'static [&'static str]);

const WRITERS: &[&str] = &["writer 1", "writer 2"];
const BOTH: &[&str] = &["writer", "reader"];

pub(crate) const TIMELINES: [Timeline; 4] = [
    // interleavings::two_writers_in_the_same_place_both_get_in
    Timeline {
        title: "Two writers in one place, compare-and-swap",
        is_good: true,
        threads: WRITERS,
        outcome: "both are in the list, in order; one had to look again",
        steps: &[
            (
                0,
                "read",
                "looks for banana's place: apple leads to date",
                &["apple", "date"],
            ),
            (
                1,
                "read",
                "looks for cherry's place: apple leads to date",
                &[],
            ),
            (0, "write", "writes banana, whose link leads to date", &[]),
            (1, "write", "writes cherry, whose link leads to date", &[]),
            (
                0,
                "cas",
                "apple's link: from date to banana",
                &["apple", "banana", "date"],
            ),
            (
                1,
                "lost",
                "apple's link is not date any more: nothing is changed",
                &[],
            ),
            (1, "read", "walks on from apple: banana leads to date", &[]),
            (
                1,
                "cas",
                "banana's link: from date to cherry",
                &["apple", "banana", "cherry", "date"],
            ),
        ],
    },
    Timeline {
        title: "The same with plain stores",
        is_good: false,
        threads: WRITERS,
        outcome: "banana was inserted, and no reader will ever find it",
        steps: &[
            (
                0,
                "read",
                "looks for banana's place: apple leads to date",
                &["apple", "date"],
            ),
            (
                1,
                "read",
                "looks for cherry's place: apple leads to date",
                &[],
            ),
            (0, "write", "writes banana, whose link leads to date", &[]),
            (1, "write", "writes cherry, whose link leads to date", &[]),
            (
                0,
                "write",
                "apple's link = banana",
                &["apple", "banana", "date"],
            ),
            (
                1,
                "write",
                "apple's link = cherry",
                &["apple", "cherry", "date"],
            ),
        ],
    },
    // interleavings::whoever_reads_a_link_may_read_the_node
    Timeline {
        title: "A reader comes by, release and acquire",
        is_good: true,
        threads: BOTH,
        outcome: "whoever sees the link sees the node, whole",
        steps: &[
            (
                0,
                "write",
                "writes banana: key, value, link to date",
                &["apple", "date"],
            ),
            (
                1,
                "read",
                "reads apple's link (acquire): date. There is no banana yet",
                &[],
            ),
            (
                0,
                "cas",
                "apple's link: from date to banana (release)",
                &["apple", "banana", "date"],
            ),
            (1, "read", "reads apple's link again (acquire): banana", &[]),
            (
                1,
                "read",
                "reads banana's key: whole, since it was written before the link",
                &[],
            ),
        ],
    },
    Timeline {
        title: "The same, relaxed",
        is_good: false,
        threads: BOTH,
        outcome: "the reader followed a link to bytes that were not there yet",
        steps: &[
            (
                0,
                "write",
                "writes banana: key, value, link to date",
                &["apple", "date"],
            ),
            (
                0,
                "cas",
                "apple's link: from date to banana (relaxed). The reader's core gets this first",
                &["apple", "?banana"],
            ),
            (1, "read", "reads apple's link (relaxed): banana", &[]),
            (
                1,
                "read",
                "reads banana's key: whatever lay there before",
                &[],
            ),
            (
                0,
                "write",
                "banana's bytes arrive at the reader's core, too late",
                &["apple", "banana", "date"],
            ),
        ],
    },
];

impl Timeline {
    /// One step a line.
    pub(crate) fn json(&self) -> String {
        let steps = self.steps.iter().map(|(thread, act, text, list)| {
            let mut step = json!({"thread": thread, "act": act, "text": text});
            if !list.is_empty() {
                step["list"] = json!(list);
            }
            step.to_string()
        });
        let steps: Vec<String> = steps.collect();
        let rest = json!({
            "title": self.title,
            "good": self.is_good,
            "threads": self.threads,
            "outcome": self.outcome,
        });
        let rest = rest.to_string();
        format!(
            "{},\"steps\":[\n{}\n]}}",
            rest.trim_end_matches('}'),
            steps.join(",\n")
        )
    }
}
