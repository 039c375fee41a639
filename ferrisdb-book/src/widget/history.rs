//! The static text of the history: the versions, and which of them a power cut can leave.

use serde::Deserialize;

use super::{expect, table};
use crate::error::Result;

/// A trace of a database's versions.
#[derive(Debug, Deserialize)]
pub(super) struct History {
    versions: Vec<Version>,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Version {
    number: u64,
    log_start: u64,
    levels: Vec<Vec<Table>>,
}

/// Number, first key, last key.
#[derive(Debug, Deserialize)]
struct Table(u64, String, String);

#[derive(Debug, Deserialize)]
struct Step {
    label: String,
    /// Which of the versions is current when it is done; none before there is a database.
    current: Option<usize>,
    cuts: Vec<Cut>,
}

/// What is found after a power cut, if the disk lost this.
#[derive(Debug, Deserialize)]
struct Cut {
    lost: String,
    found: Option<usize>,
    report: String,
}

impl History {
    pub(super) fn fallback(&self) -> Result<String> {
        for Step {
            label,
            current,
            cuts,
        } in &self.steps
        {
            let named = cuts.iter().map(|cut| cut.found).chain([*current]);
            for index in named.flatten() {
                expect(index < self.versions.len(), || {
                    format!("`{label}` names version {index} of {}", self.versions.len())
                })?;
            }
        }
        let versions = self.versions.iter().map(Version::words);
        let head = ["version", "tables of each level", "log needed from"];
        let mut out = table(head, versions);
        let rows = self.steps.iter().enumerate().flat_map(|(at, step)| {
            step.cuts.iter().enumerate().map(move |(index, cut)| {
                let label = if index == 0 {
                    format!("{at}. {}", step.label)
                } else {
                    String::new()
                };
                let found = self.number(cut.found);
                [label, cut.lost.clone(), found, cut.report.clone()]
            })
        });
        out += &table(["after step", "the disk loses", "found", "and said"], rows);
        Ok(out)
    }

    fn number(&self, index: Option<usize>) -> String {
        match index.and_then(|index| self.versions.get(index)) {
            Some(version) => format!("version {}", version.number),
            None => "no version".to_owned(),
        }
    }
}

impl Version {
    fn words(&self) -> [String; 3] {
        let level = |(number, tables): (usize, &Vec<Table>)| {
            let tables: Vec<String> = tables
                .iter()
                .map(|Table(number, first, last)| format!("{number} ({first} to {last})"))
                .collect();
            (!tables.is_empty()).then(|| format!("level {number}: {}", tables.join(", ")))
        };
        let levels: Vec<String> = self.levels.iter().enumerate().filter_map(level).collect();
        let levels = if levels.is_empty() {
            "none".to_owned()
        } else {
            levels.join("; ")
        };
        [self.number.to_string(), levels, self.log_start.to_string()]
    }
}
