//! Where the caption of a listing leads.

use std::path::Path;

use crate::sources::Cut;

/// Where a caption leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, relative to the repository.
    pub(crate) file: String,
    /// The first and the last line, from 1, if the text is there.
    pub(crate) lines: Option<(usize, usize)>,
}

impl Place {
    /// Where the text was cut from.
    pub(crate) fn of(cut: &Cut) -> Self {
        Self {
            file: cut.file.clone(),
            lines: Some(cut.lines),
        }
    }

    /// The same text in the exercise of a stage, if it was cut from that stage's solution. Without
    /// lines where the exercise has a hole, or the learner has changed it.
    pub(crate) fn in_exercise(root: &Path, cut: &Cut, stage: &str) -> Option<Self> {
        let inside = cut.file.strip_prefix(&format!("solutions/{stage}/"))?;
        let file = format!("exercises/{stage}/{inside}");
        let text = std::fs::read_to_string(root.join(&file)).ok()?;
        let lines: Vec<&str> = text.lines().map(bare).collect();
        let wanted: Vec<&str> = cut.text.lines().map(bare).collect();
        let at = lines
            .windows(wanted.len().max(1))
            .position(|lines| lines == wanted);
        let lines = at.map(|at| (at + 1, at + wanted.len()));
        Some(Self { file, lines })
    }
}

/// A line without its indentation, and without what makes it documentation.
fn bare(line: &str) -> &str {
    let line = line.trim();
    let docs = line.strip_prefix("//!").or(line.strip_prefix("///"));
    docs.unwrap_or(line).trim()
}
