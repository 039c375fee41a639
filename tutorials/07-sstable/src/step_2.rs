//! Step 2: an index entry a block, kept in the file behind the blocks.
//!
//! ```text
//!   ┌─────────┬─────────┬─────┬──────────────────────────────┬───────────────────┐
//!   │ block 0 │ block 1 │  …  │ index: a line a block        │ footer, 41 bytes  │
//!   │ lines   │ lines   │     │ last article, offset, size   │ where is the index│
//!   └─────────┴─────────┴─────┴──────────────────────────────┴───────────────────┘
//! ```

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::step_1::line;
use crate::{Prices, Reader};

/// A block ends with the first line that makes it this large, in bytes.
const BLOCK_SIZE: usize = 4096;

/// The footer: two numbers of twenty digits and a line feed.
const FOOTER_SIZE: u64 = 41;

/// All bytes of a table.
pub fn encode(prices: &Prices) -> String {
    let (mut text, mut index, mut start) = (String::new(), String::new(), 0);
    for (n, (article, price)) in prices.iter().enumerate() {
        text += &line(article, price);
        let size = text.len() - start;
        if size >= BLOCK_SIZE || n + 1 == prices.len() {
            index += &line(article, &format!("{start} {size}"));
            start = text.len();
        }
    }
    let footer = format!("{start:020}{:020}\n", index.len());
    text + &index + &footer
}

/// Writes a table.
pub fn write(path: &Path, prices: &Prices) -> io::Result<()> {
    fs::write(path, encode(prices))
}

/// A file of prices, and where in it each block lies.
#[derive(Debug)]
pub struct Table {
    /// The file.
    pub reader: Reader,
    /// Each block's last article, offset and size.
    pub index: Vec<(String, u64, u64)>,
}

impl Table {
    /// Reads the footer, then the index.
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = Reader::open(path)?;
        let at = reader.size.checked_sub(FOOTER_SIZE);
        let footer = reader.read(at.ok_or(ErrorKind::UnexpectedEof)?, FOOTER_SIZE)?;
        let (offset, size) = footer.trim_end().split_at_checked(20).ok_or_else(damaged)?;
        let index = reader
            .read(number(offset)?, number(size)?)?
            .lines()
            .map(|line| {
                let mut words = line.split(' ');
                let mut word = || words.next().ok_or_else(damaged);
                Ok((word()?.to_owned(), number(word()?)?, number(word()?)?))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { reader, index })
    }

    /// Finds the one block that can hold the article, reads it, and searches it.
    pub fn get(&self, article: &str) -> io::Result<Option<String>> {
        let at = self.index.partition_point(|(last, ..)| &**last < article);
        let Some(&(_, offset, size)) = self.index.get(at) else {
            return Ok(None);
        };
        let block = self.reader.read(offset, size)?;
        let mut prices = block.lines().filter_map(|line| line.split_once(' '));
        let found = prices.find(|&(name, _)| name == article);
        Ok(found.map(|(_, price)| price.to_owned()))
    }
}

fn number(digits: &str) -> io::Result<u64> {
    digits.parse().map_err(|_| damaged())
}

fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "this is no whole table")
}
