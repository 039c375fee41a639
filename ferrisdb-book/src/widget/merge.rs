//! The static text of the merge: what the sources hold, and each step of each walk.

use serde::Deserialize;

use super::{expect, steps, table};
use crate::error::Result;

/// A trace of walks through several sources.
#[derive(Debug, Deserialize)]
pub(super) struct Merge {
    runs: Vec<Run>,
    walks: Vec<Walk>,
}

#[derive(Debug, Deserialize)]
struct Run {
    name: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    key: String,
    timestamp: u64,
    operation: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Walk {
    label: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    #[serde(rename = "move")]
    to: String,
    at: Vec<i64>,
    shown: Option<(usize, usize)>,
    calls: Vec<(usize, String)>,
    text: String,
}

impl Merge {
    pub(super) fn fallback(&self) -> Result<String> {
        self.check()?;
        let runs = self.runs.iter().map(|run| {
            let entries: Vec<String> = run.entries.iter().map(Entry::name).collect();
            [run.name.clone(), entries.join(", ")]
        });
        let mut out = table(["source", "versions"], runs);
        for walk in &self.walks {
            let said = walk.steps.iter().map(|step| {
                let calls = step.calls.iter();
                let calls: Vec<String> = calls
                    .map(|(run, call)| format!("{} {call}", self.runs[*run].name))
                    .collect();
                format!("{}: {} ({})", step.to, step.text, calls.join(", "))
            });
            out += &steps(&walk.label, said);
        }
        Ok(out)
    }

    /// Each source is in order, and steps name sources and versions that are there.
    fn check(&self) -> Result<()> {
        for run in &self.runs {
            let is_sorted = run.entries.is_sorted_by(|left, right| {
                (&left.key, right.timestamp) < (&right.key, left.timestamp)
            });
            expect(is_sorted, || {
                format!("the versions of the {} are not in order", run.name)
            })?;
        }
        let is_there =
            |run: usize, at: usize| self.runs.get(run).is_some_and(|run| at < run.entries.len());
        for walk in &self.walks {
            for step in &walk.steps {
                let mut at = step.at.iter().enumerate();
                let places = step.at.len() == self.runs.len()
                    && at.all(|(run, &at)| {
                        at == -1 || usize::try_from(at).is_ok_and(|at| is_there(run, at))
                    });
                let shown = step.shown.is_none_or(|(run, at)| is_there(run, at));
                let calls = step.calls.iter().all(|(run, _)| *run < self.runs.len());
                expect(places && shown && calls, || {
                    format!("`{}` names a version that is not there", walk.label)
                })?;
            }
        }
        Ok(())
    }
}

impl Entry {
    fn name(&self) -> String {
        let deleted = if self.operation.is_some() {
            " deleted"
        } else {
            ""
        };
        format!("{} @{}{deleted}", self.key, self.timestamp)
    }
}
