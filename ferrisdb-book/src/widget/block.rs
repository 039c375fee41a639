//! The static text of the block: its entries in hex, the seeks, and the filter's probes.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{bytes_of, expect, steps, table};
use crate::error::Result;
use crate::html::escape;

/// A trace of a block and its filter.
#[derive(Debug, Deserialize)]
pub(super) struct Block {
    size: usize,
    entries: Vec<Entry>,
    trailer: Vec<(String, String)>,
    seeks: Vec<Seek>,
    filter: Option<Filter>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    offset: usize,
    restart: bool,
    shared: usize,
    key: String,
    timestamp: u64,
    operation: String,
    value: String,
    fields: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
struct Seek {
    label: String,
    found: i64,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
enum Step {
    Restart {
        low: usize,
        high: usize,
        restart: usize,
        entry: usize,
        order: Order,
    },
    Scan {
        entry: usize,
        order: Order,
    },
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Order {
    Less,
    Equal,
    Greater,
}

#[derive(Debug, Deserialize)]
struct Filter {
    bytes: String,
    bits_per_key: f64,
    probes: Vec<Probe>,
}

#[derive(Debug, Deserialize)]
struct Probe {
    key: String,
    present: bool,
    bits: Vec<usize>,
    answer: bool,
}

impl Block {
    pub(super) fn fallback(&self) -> Result<String> {
        self.check()?;
        let entries = self.entries.iter().map(|entry| {
            let what = match entry.operation.as_str() {
                "delete" => "deleted".into(),
                _ => format!("= {}", entry.value),
            };
            let fields: Vec<String> = entry
                .fields
                .iter()
                .filter(|(_, hex)| !hex.is_empty())
                .map(|(name, hex)| format!("{name} {hex}"))
                .collect();
            let restart = if entry.restart { "restart; " } else { "" };
            [
                entry.offset.to_string(),
                format!("{} @{} {what}", entry.key, entry.timestamp),
                format!("{restart}{} shared", entry.shared),
                fields.join(", "),
            ]
        });
        let mut out = table(["offset", "entry", "prefix", "bytes"], entries);
        let end: Vec<String> = self
            .trailer
            .iter()
            .map(|(name, hex)| format!("{name} {hex}"))
            .collect();
        let _ = writeln!(out, "<p>Then {}.</p>", escape(&end.join(", ")));
        for Seek {
            label,
            found,
            steps: taken,
        } in &self.seeks
        {
            let end = match usize::try_from(*found) {
                Ok(found) => format!("found {}", self.name(found)),
                Err(_) => "nothing is found".into(),
            };
            let taken = taken.iter().map(|step| self.words(step));
            out += &steps(label, taken.chain([end]));
        }
        if let Some(filter) = &self.filter {
            out += &filter.fallback()?;
        }
        Ok(out)
    }

    /// The bytes of entries and trailer follow each other and make up the block.
    fn check(&self) -> Result<()> {
        let mut offset = 0;
        for (index, entry) in self.entries.iter().enumerate() {
            expect(entry.offset == offset, || {
                format!(
                    "entry {index} says offset {}, its place is {offset}",
                    entry.offset
                )
            })?;
            expect(entry.shared <= entry.key.len(), || {
                format!("entry {index} shares more than its key")
            })?;
            for (_, hex) in &entry.fields {
                offset += bytes_of(hex)?.len();
            }
        }
        for (_, hex) in &self.trailer {
            offset += bytes_of(hex)?.len();
        }
        expect(offset == self.size, || {
            format!("the fields make up {offset} bytes of {}", self.size)
        })?;
        for Seek {
            label,
            found,
            steps,
        } in &self.seeks
        {
            let count = self.entries.len();
            let inside = |step: &Step| match step {
                Step::Restart { entry, .. } | Step::Scan { entry, .. } => *entry < count,
            };
            let found = usize::try_from(*found).unwrap_or(0);
            expect(found < count.max(1) && steps.iter().all(inside), || {
                format!("`{label}` names an entry that is not there")
            })?;
        }
        Ok(())
    }

    fn name(&self, entry: usize) -> String {
        let Entry { key, timestamp, .. } = &self.entries[entry];
        format!("{key} @{timestamp}")
    }

    fn words(&self, step: &Step) -> String {
        let compared = |order: &Order| match order {
            Order::Less => "before the target",
            Order::Equal => "the target",
            Order::Greater => "after the target",
        };
        match step {
            Step::Restart {
                low,
                high,
                restart,
                entry,
                order,
            } => format!(
                "restarts {low} to {high}: number {restart}, {}, is {}",
                self.name(*entry),
                compared(order)
            ),
            Step::Scan { entry, order } => {
                format!("entry {} is {}", self.name(*entry), compared(order))
            }
        }
    }
}

impl Filter {
    fn fallback(&self) -> Result<String> {
        let bytes = bytes_of(&self.bytes)?;
        let bits = bytes.len() * 8;
        let is_set = |bit: usize| bytes[bit / 8] >> (bit % 8) & 1 == 1;
        for Probe {
            key,
            bits: asked,
            answer,
            ..
        } in &self.probes
        {
            expect(asked.iter().all(|&bit| bit < bits), || {
                format!("the probe of `{key}` asks for a bit that is not there")
            })?;
            expect(asked.iter().all(|&bit| is_set(bit)) == *answer, || {
                format!("the answer for `{key}` is not what its bits say")
            })?;
        }
        let rows = self.probes.iter().map(|probe| {
            let asked: Vec<String> = probe.bits.iter().map(ToString::to_string).collect();
            let answer = match (probe.answer, probe.present) {
                (true, true) => "maybe; it is there",
                (true, false) => "maybe; a false positive",
                (false, true) => "no, and that is wrong",
                (false, false) => "no",
            };
            [probe.key.clone(), asked.join(", "), answer.to_owned()]
        });
        let set: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
        let text = format!(
            "<p>The filter: {bits} bits, {set} of them set, {} a key.</p>\n",
            self.bits_per_key
        );
        Ok(text + &table(["key", "bits asked", "answer"], rows))
    }
}
