//! The static text of the running database: the steps of each scene.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{expect, steps};
use crate::error::Result;

/// A trace of a running database.
#[derive(Debug, Deserialize)]
pub(super) struct Engine {
    scenes: Vec<Scene>,
}

#[derive(Debug, Deserialize)]
struct Scene {
    label: String,
    state: State,
    steps: Vec<Step>,
    #[serde(default)]
    result: String,
}

/// All parts of the database.
#[derive(Debug, Clone, Deserialize)]
struct State {
    published: u64,
    watermark: u64,
    writers: Vec<String>,
    readers: Vec<String>,
    memtable: Vec<String>,
    frozen: Vec<Vec<String>>,
    log: Vec<Segment>,
    manifest: String,
    tables: Vec<Table>,
}

#[derive(Debug, Clone, Deserialize)]
struct Segment {
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Table {
    number: u64,
    status: Status,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Live,
    Dead,
    Unfinished,
}

/// The parts that a step has changed.
#[derive(Debug, Default, Deserialize)]
struct Change {
    published: Option<u64>,
    watermark: Option<u64>,
    writers: Option<Vec<String>>,
    readers: Option<Vec<String>>,
    memtable: Option<Vec<String>>,
    frozen: Option<Vec<Vec<String>>>,
    log: Option<Vec<Segment>>,
    manifest: Option<String>,
    tables: Option<Vec<Table>>,
}

#[derive(Debug, Deserialize)]
struct Step {
    kind: Kind,
    at: Vec<String>,
    text: String,
    #[serde(default)]
    state: Change,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Write,
    Sync,
    Create,
    Rename,
    Remove,
    Read,
    Memory,
    Look,
    Found,
    Nothing,
    Wait,
}

impl Engine {
    pub(super) fn fallback(&self) -> Result<String> {
        let mut out = String::new();
        for scene in &self.scenes {
            scene.check()?;
            let taken = scene.steps.iter().map(Step::words);
            let result = Some(&scene.result).filter(|result| !result.is_empty());
            let result = result.map(|result| format!("result: {result}"));
            out += &steps(&scene.label, taken.chain(result));
        }
        Ok(out)
    }
}

impl Scene {
    /// Steps name parts that are there, and no state contradicts itself.
    fn check(&self) -> Result<()> {
        let label = &self.label;
        let mut state = self.state.clone();
        state.check(label)?;
        for step in &self.steps {
            let mut parts = state.parts();
            let published = state.published;
            state.change(&step.state);
            state.check(label)?;
            expect(published <= state.published, || {
                format!("`{label}`: what is published goes back")
            })?;
            parts.extend(state.parts());
            let missing = step.at.iter().find(|part| !parts.contains(*part));
            expect(missing.is_none(), || {
                format!(
                    "`{label}`: there is no part `{}`",
                    missing.map_or("", |part| part)
                )
            })?;
        }
        Ok(())
    }
}

impl State {
    fn change(&mut self, change: &Change) {
        fn set<T: Clone>(field: &mut T, new: Option<&T>) {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        set(&mut self.published, change.published.as_ref());
        set(&mut self.watermark, change.watermark.as_ref());
        set(&mut self.writers, change.writers.as_ref());
        set(&mut self.readers, change.readers.as_ref());
        set(&mut self.memtable, change.memtable.as_ref());
        set(&mut self.frozen, change.frozen.as_ref());
        set(&mut self.log, change.log.as_ref());
        set(&mut self.manifest, change.manifest.as_ref());
        set(&mut self.tables, change.tables.as_ref());
    }

    fn check(&self, label: &str) -> Result<()> {
        expect(self.watermark <= self.published, || {
            format!("`{label}`: the watermark is above what is published")
        })?;
        let numbers: BTreeSet<u64> = self.tables.iter().map(|table| table.number).collect();
        expect(numbers.len() == self.tables.len(), || {
            format!("`{label}`: a table is there twice")
        })?;
        let digits = |c: char| !c.is_ascii_digit();
        let named: BTreeSet<&str> = self.manifest.split(digits).collect();
        let unnamed = self.tables.iter().find(|table| {
            table.status == Status::Live && !named.contains(table.number.to_string().as_str())
        });
        expect(unnamed.is_none(), || {
            format!("`{label}`: the manifest does not name a table that is live")
        })
    }

    /// The names of all parts.
    fn parts(&self) -> BTreeSet<String> {
        let fixed = [
            "writers",
            "readers",
            "published",
            "watermark",
            "memtable",
            "manifest",
            "directory",
        ];
        let frozen = (0..self.frozen.len()).map(|index| format!("frozen{index}"));
        let log = self
            .log
            .iter()
            .map(|segment| format!("log{}", segment.name));
        let tables = self.tables.iter();
        let tables = tables.map(|table| format!("table{}", table.number));
        let fixed = fixed.into_iter().map(str::to_owned);
        fixed.chain(frozen).chain(log).chain(tables).collect()
    }
}

impl Step {
    fn words(&self) -> String {
        let kind = match self.kind {
            Kind::Write => "written",
            Kind::Sync => "synced",
            Kind::Create => "new file",
            Kind::Rename => "renamed",
            Kind::Remove => "removed",
            Kind::Read => "read from the disk",
            Kind::Memory => "in memory",
            Kind::Look => "looked at",
            Kind::Found => "found",
            Kind::Nothing => "not here",
            Kind::Wait => "waits",
        };
        format!("{kind}: {}", self.text)
    }
}
