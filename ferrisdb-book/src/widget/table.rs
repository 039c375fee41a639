//! The static text of the table: its blocks in order, and the steps of each lookup.

use serde::Deserialize;

use super::{expect, steps, table};
use crate::error::Result;

/// A trace of a table's file.
#[derive(Debug, Deserialize)]
pub(super) struct Table {
    size: u64,
    blocks: Vec<Block>,
    lookups: Vec<Lookup>,
}

#[derive(Debug, Deserialize)]
struct Block {
    offset: u64,
    size: u64,
    kind: Kind,
    first: Option<String>,
    last: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Header,
    Data,
    Filter,
    Index,
    Top,
    Properties,
    Footer,
}

#[derive(Debug, Deserialize)]
struct Lookup {
    label: String,
    result: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    what: What,
    block: usize,
    through: Option<usize>,
    to: Option<usize>,
    bytes: Option<u64>,
    answer: Option<bool>,
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum What {
    Read,
    Hit,
    Filter,
    Index,
    Entry,
    None,
    Verify,
}

impl Table {
    pub(super) fn fallback(&self) -> Result<String> {
        self.check()?;
        let blocks = self.blocks.iter().enumerate().map(|(index, block)| {
            let keys = match (&block.first, &block.last) {
                (Some(first), Some(last)) => format!("{first} to {last}"),
                _ => String::new(),
            };
            let (offset, size) = (block.offset.to_string(), block.size.to_string());
            [offset, size, self.name(index), keys]
        });
        let mut out = table(["offset", "size", "block", "keys"], blocks);
        for Lookup {
            label,
            result,
            steps: taken,
        } in &self.lookups
        {
            let taken = taken.iter().map(|step| self.words(step));
            out += &steps(label, taken.chain([format!("result: {result}")]));
        }
        Ok(out)
    }

    /// The blocks lie in the file without gaps, and steps name blocks that are there.
    fn check(&self) -> Result<()> {
        let mut end = 0;
        for (index, block) in self.blocks.iter().enumerate() {
            expect(block.offset == end, || {
                format!("block {index} begins at {}, not at {end}", block.offset)
            })?;
            end += block.size;
        }
        expect(end == self.size, || {
            format!("the blocks end at {end}, the file at {}", self.size)
        })?;
        for Lookup { label, steps, .. } in &self.lookups {
            let count = self.blocks.len();
            let inside = |step: &Step| {
                let last = step.through.unwrap_or(step.block);
                step.block <= last && last < count && step.to.is_none_or(|to| to < count)
            };
            expect(steps.iter().all(inside), || {
                format!("`{label}` names a block that is not there")
            })?;
            let counted = |step: &Step| (step.what == What::Read) == step.bytes.is_some();
            expect(steps.iter().all(counted), || {
                format!("`{label}`: a read, and nothing else, has bytes")
            })?;
            let answered = |step: &Step| step.what != What::Filter || step.answer.is_some();
            expect(steps.iter().all(answered), || {
                format!("`{label}`: the filter gave no answer")
            })?;
        }
        Ok(())
    }

    /// What a block is, with its number where there are several of a kind.
    fn name(&self, index: usize) -> String {
        let kind = self.blocks[index].kind;
        let of_kind = |blocks: &[Block]| blocks.iter().filter(|block| block.kind == kind).count();
        let word = match kind {
            Kind::Header => "header",
            Kind::Data => "data",
            Kind::Filter => "filter",
            Kind::Index => "index",
            Kind::Top => "top index",
            Kind::Properties => "properties",
            Kind::Footer => "footer",
        };
        if of_kind(&self.blocks) > 1 {
            format!("{word} {}", of_kind(&self.blocks[..index]))
        } else {
            word.to_owned()
        }
    }

    fn words(&self, step: &Step) -> String {
        let mut place = self.name(step.block);
        if let Some(last) = step.through.filter(|&last| last > step.block) {
            place = format!("{place} to {}", self.name(last));
        }
        let text = &step.text;
        match step.what {
            What::Read => {
                let bytes = step.bytes.unwrap_or(0);
                format!("read {bytes} bytes of the file, {place}: {text}")
            }
            What::Hit => format!("found in the cache, {place}: {text}"),
            What::Filter => {
                let answer = if step.answer == Some(true) {
                    "maybe"
                } else {
                    "no"
                };
                format!("ask the filter: {answer}; {text}")
            }
            What::Index => format!("look into the {place}: {text}"),
            What::Entry => format!("found in {place}: {text}"),
            What::None => format!("not in {place}: {text}"),
            What::Verify => format!("check {place}: {text}"),
        }
    }
}
