//! The static text of the levels: the jobs of each strategy, and what they cost.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::{expect, table};
use crate::error::Result;
use crate::html::escape;

/// A trace of a day under some strategies.
#[derive(Debug, Deserialize)]
pub(super) struct Levels {
    keys: u64,
    strategies: Vec<Strategy>,
}

#[derive(Debug, Deserialize)]
struct Strategy {
    name: String,
    levels: usize,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    what: What,
    text: String,
    given: u64,
    alive: u64,
    add: Vec<Table>,
    remove: Vec<u64>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum What {
    Flush,
    Merge,
    Move,
}

/// Level, number, first key, last key, entries.
#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(from = "(usize, u64, u64, u64, u64)")]
struct Table {
    level: usize,
    number: u64,
    first: u64,
    last: u64,
    entries: u64,
}

impl From<(usize, u64, u64, u64, u64)> for Table {
    fn from((level, number, first, last, entries): (usize, u64, u64, u64, u64)) -> Self {
        Self {
            level,
            number,
            first,
            last,
            entries,
        }
    }
}

/// What is there after some steps, and what it has cost.
#[derive(Debug, Default)]
struct State {
    tables: BTreeMap<u64, Table>,
    given: u64,
    alive: u64,
    written: u64,
}

impl Levels {
    pub(super) fn fallback(&self) -> Result<String> {
        let mut out = String::new();
        let mut ends = Vec::new();
        for strategy in &self.strategies {
            let mut state = State::default();
            let mut jobs = Vec::new();
            for step in &strategy.steps {
                self.apply(strategy, step, &mut state)?;
                if step.what != What::Flush {
                    let levels = state.counts(strategy.levels);
                    jobs.push([step.given.to_string(), step.text.clone(), levels]);
                }
            }
            let _ = writeln!(out, "<p><b>{}</b></p>", escape(&strategy.name));
            out += &table(["entries given", "job", "tables in each level then"], jobs);
            ends.push(state.costs(&strategy.name));
        }
        out += "<p>At the end of the day:</p>\n";
        let head = [
            "strategy",
            "written for each entry given",
            "stored for each key alive",
            "tables asked for an absent key",
        ];
        out += &table(head, ends);
        Ok(out)
    }

    /// Carries out a step. A trace may show tables that overlap, but not tables that are nowhere.
    fn apply(&self, strategy: &Strategy, step: &Step, state: &mut State) -> Result<()> {
        let wrong = |what: &str| format!("`{}`, `{}`: {what}", strategy.name, step.text);
        for number in &step.remove {
            let removed = state.tables.remove(number);
            expect(removed.is_some(), || {
                wrong(&format!("table {number} is not there"))
            })?;
        }
        for &table in &step.add {
            let Table {
                level,
                number,
                first,
                last,
                entries,
            } = table;
            expect(level < strategy.levels, || {
                wrong(&format!("there is no level {level}"))
            })?;
            expect(first <= last && last < self.keys, || {
                wrong(&format!("keys {first} to {last} cannot be"))
            })?;
            let before = state.tables.insert(number, table);
            expect(before.is_none(), || {
                wrong(&format!("table {number} is there twice"))
            })?;
            if step.what != What::Move {
                state.written += entries;
            }
        }
        expect(step.given > 0 && step.given >= state.given, || {
            wrong("the entries given cannot become fewer")
        })?;
        (state.given, state.alive) = (step.given, step.alive);
        Ok(())
    }
}

impl State {
    /// How many tables each level has.
    fn counts(&self, levels: usize) -> String {
        let count = |level| self.tables.values().filter(|t| t.level == level).count();
        let counts: Vec<String> = (0..levels).map(|level| count(level).to_string()).collect();
        counts.join(", ")
    }

    fn costs(&self, name: &str) -> [String; 4] {
        let stored = self.tables.values().map(|table| table.entries).sum();
        let upper = self.tables.values().filter(|t| t.level == 0).count();
        let mut deeper: Vec<usize> = self.tables.values().map(|table| table.level).collect();
        deeper.retain(|&level| level > 0);
        deeper.sort_unstable();
        deeper.dedup();
        [
            name.to_owned(),
            ratio(self.written, self.given),
            ratio(stored, self.alive),
            (upper + deeper.len()).to_string(),
        ]
    }
}

/// With one digit behind the point.
fn ratio(of: u64, to: u64) -> String {
    let tenths = (of * 20 / to.max(1)).div_ceil(2);
    format!("{}.{}", tenths / 10, tenths % 10)
}
