//! The learner's code beside the solution's, hole by hole.

use std::fmt::Write as _;

use crate::course::Stage;
use crate::error::Result;
use crate::items::SourceTree;

use super::ansi::{Paint, Tone};

/// The difference of the holes asked for, `-` the learner's lines, `+` the solution's.
pub fn text(stage: &Stage, only: Option<usize>, paint: Paint) -> Result<String> {
    let solution = SourceTree::load(&stage.solution_dir().join("src"))?;
    let yours = SourceTree::load(&stage.exercise_dir().join("src"));
    let mut text = String::new();
    for (index, hole) in stage.lesson.holes.iter().enumerate() {
        if only.is_some_and(|only| only != index) {
            continue;
        }
        let heading = format!("{}  {}", index + 1, hole.short_name());
        let _ = writeln!(text, "{}", paint.tone(Tone::Strong, &heading));
        let ours = item(&solution, &hole.item)?;
        let found = yours
            .as_ref()
            .ok()
            .and_then(|tree| item(tree, &hole.item).ok());
        if let Some(found) = found {
            text.push_str(&difference(&found, &ours, paint));
        } else {
            let why = "  Yours could not be found; the file may not parse. The solution:";
            let _ = writeln!(text, "{}", paint.tone(Tone::Warn, why));
            for line in ours.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        text.push('\n');
    }
    let lines = [("- yours", Tone::Bad), ("+ the solution", Tone::Good)];
    let legend: Vec<String> = lines
        .iter()
        .map(|(line, tone)| paint.tone(*tone, line))
        .collect();
    let rest = format!("The whole of it is in solutions/{}/src.", stage.name);
    Ok(format!("{}\n\n{text}{rest}\n", legend.join("   ")))
}

fn item(tree: &SourceTree, path: &str) -> Result<String> {
    let found = tree.find(path)?;
    Ok(outdent(tree.item_text(found)))
}

/// The first line of an item has lost its indentation; the others lose as much.
fn outdent(text: &str) -> String {
    let indent = text
        .lines()
        .last()
        .map_or(0, |line| line.len() - line.trim_start().len());
    let line = |line: &str| {
        line.get(indent..)
            .filter(|_| line.starts_with(' '))
            .unwrap_or(line)
            .to_owned()
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Every line of both, marked.
fn difference(yours: &str, ours: &str, paint: Paint) -> String {
    if yours == ours {
        return format!("  {}\n", paint.tone(Tone::Good, "the same, word for word"));
    }
    let mut options = diffy::DiffOptions::new();
    // An item is short enough to be shown whole.
    options.set_context_len(1000);
    let patch = options.create_patch(yours, ours);
    let mut text = String::new();
    for line in patch.hunks().iter().flat_map(diffy::Hunk::lines) {
        let (sign, line, tone) = match line {
            diffy::Line::Context(line) => (" ", line, None),
            diffy::Line::Delete(line) => ("-", line, Some(Tone::Bad)),
            diffy::Line::Insert(line) => ("+", line, Some(Tone::Good)),
        };
        let line = format!("{sign} {}", line.trim_end());
        let line = tone.map_or_else(
            || line.trim_end().to_owned(),
            |tone| paint.tone(tone, line.trim_end()),
        );
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Paint = Paint { colour: false };

    #[test]
    fn every_line_is_shown_with_its_side() {
        let yours = outdent("fn a() {\n        let x = 1;\n        x\n    }");
        let ours = outdent("fn a() {\n        1\n    }");
        assert_eq!(
            difference(&yours, &ours, PLAIN),
            "  fn a() {\n-     let x = 1;\n-     x\n+     1\n  }\n"
        );
        assert_eq!(
            difference(&ours, &ours, PLAIN),
            "  the same, word for word\n"
        );
    }
}
