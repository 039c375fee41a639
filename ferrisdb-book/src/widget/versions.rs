//! The static text of the versions: what a reader sees of each key as of each timestamp.

use serde::Deserialize;

use super::{broken, expect, table};
use crate::error::Result;
use crate::html::escape;

/// A trace of a memtable.
#[derive(Debug, Deserialize)]
pub(super) struct Versions {
    now: u64,
    keys: Vec<Key>,
    reads: Vec<Read>,
}

#[derive(Debug, Deserialize)]
struct Key {
    key: String,
    versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
struct Version {
    timestamp: u64,
    #[serde(flatten)]
    change: Change,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "operation", rename_all = "lowercase")]
enum Change {
    Put { value: String },
    Delete,
}

#[derive(Debug, Deserialize)]
struct Read {
    as_of: u64,
    get: Vec<Found>,
    scan: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "found", rename_all = "lowercase")]
enum Found {
    Value { value: String },
    Deleted,
    Nothing,
}

impl Versions {
    pub(super) fn fallback(&self) -> Result<String> {
        self.check()?;
        let written = self.keys.iter().map(|Key { key, versions }| {
            let texts: Vec<String> = versions.iter().map(Version::words).collect();
            [key.clone(), texts.join(", ")]
        });
        let mut out = table(["key", "versions"], written);
        let reads = self.reads.iter().map(|Read { as_of, get, scan }| {
            let got: Vec<String> = self
                .keys
                .iter()
                .zip(get)
                .map(|(Key { key, .. }, found)| format!("{key}: {}", found.words()))
                .collect();
            let scan: Vec<String> = scan
                .iter()
                .map(|(key, value)| format!("{key} = {}", quoted(value)))
                .collect();
            [as_of.to_string(), got.join(", "), scan.join(", ")]
        });
        out += "<p>What a reader sees:</p>\n";
        out += &table(["as of", "get", "scan"], reads);
        Ok(out)
    }

    fn check(&self) -> Result<()> {
        for Key { key, versions } in &self.keys {
            expect(versions.iter().all(|v| v.timestamp <= self.now), || {
                format!("a version of `{}` is later than now", escape(key))
            })?;
        }
        for as_of in 0..=self.now {
            let read = self.reads.iter().find(|read| read.as_of == as_of);
            let read = read.ok_or_else(|| broken(format!("there is no read as of {as_of}")))?;
            expect(read.get.len() == self.keys.len(), || {
                format!("the read as of {as_of} does not answer for each key")
            })?;
        }
        Ok(())
    }
}

impl Version {
    fn words(&self) -> String {
        match &self.change {
            Change::Put { value } => format!("@{} = {}", self.timestamp, quoted(value)),
            Change::Delete => format!("@{} deleted", self.timestamp),
        }
    }
}

impl Found {
    fn words(&self) -> String {
        match self {
            Found::Value { value } => quoted(value),
            Found::Deleted => "deleted".into(),
            Found::Nothing => "nothing".into(),
        }
    }
}

fn quoted(value: &str) -> String {
    if value.is_empty() {
        "\"\"".into()
    } else {
        value.into()
    }
}
