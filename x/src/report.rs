//! What a task found, and how it is printed.

use std::time::Duration;

/// The outcome of one task.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What was looked at, in a few words: "24 holes".
    pub(super) summary: String,
    /// What must be mended; none means that the task is done.
    pub(super) problems: Vec<String>,
    /// What is worth a look but no mistake.
    pub(super) notes: Vec<String>,
}

impl Findings {
    /// Nothing to mend.
    pub(super) fn good(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            ..Self::default()
        }
    }

    /// Adds a problem.
    pub(super) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// Adds the problems and notes of another task.
    pub(super) fn take(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.notes.extend(other.notes);
    }

    /// Prints what was found; says whether all is well.
    pub(super) fn print(&self) -> bool {
        for note in &self.notes {
            println!("note: {}", indented(note));
        }
        for problem in &self.problems {
            println!("error: {}", indented(problem));
        }
        if self.problems.is_empty() {
            println!("{}", self.summary);
        } else {
            println!("{}", count(self.problems.len(), "problem"));
        }
        self.problems.is_empty()
    }
}

/// "1 test", "2 tests".
pub(super) fn count(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {what}{end}")
}

/// "1.2 s"
pub(super) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The text with every line after the first moved to the right.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

/// The first lines of a long text.
pub(super) fn first_lines(text: &str, lines_max: usize) -> String {
    let mut lines: Vec<&str> = text.trim().lines().take(lines_max + 1).collect();
    if lines.len() > lines_max {
        lines[lines_max] = "…";
    }
    lines.join("\n")
}
