//! Step 1: a sorted file, and an index of every key in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::{Prices, Reader};

/// Writes a line for every price, in the order of the articles.
pub fn write(path: &Path, prices: &Prices) -> io::Result<()> {
    let lines = prices.iter().map(|(article, price)| line(article, price));
    fs::write(path, lines.collect::<String>())
}

/// The line of one price.
pub fn line(article: &str, price: &str) -> String {
    format!("{article} {price}\n")
}

/// A file of prices, and where in it each article's price lies.
#[derive(Debug)]
pub struct Table {
    /// The file.
    pub reader: Reader,
    /// Offset and size of each article's price.
    pub index: BTreeMap<String, (u64, u64)>,
}

impl Table {
    /// Reads the whole file once, and notes where everything is.
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = Reader::open(path)?;
        let mut index = BTreeMap::new();
        let mut offset = 0;
        for line in reader.read(0, reader.size)?.lines() {
            if let Some((article, price)) = line.split_once(' ') {
                let at = offset + article.len() as u64 + 1;
                index.insert(article.to_owned(), (at, price.len() as u64));
            }
            offset += line.len() as u64 + 1;
        }
        Ok(Self { reader, index })
    }

    /// Reads one price.
    pub fn get(&self, article: &str) -> io::Result<Option<String>> {
        let Some(&(offset, size)) = self.index.get(article) else {
            return Ok(None);
        };
        self.reader.read(offset, size).map(Some)
    }
}
