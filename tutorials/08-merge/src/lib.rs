//! The simplest merge that could work, and how it breaks.
//!
//! Every night a shop exports the prices that have changed, sorted, into a file. An article that is
//! no longer sold is exported too, with a dash in the place of its price.
//!
//! ```text
//!   night 30                night 29                night 28
//!   article-00017 1299⏎     article-00004 350⏎      article-00017 1150⏎
//!   article-00042 -⏎        article-00017 1199⏎     article-00042 780⏎
//! ```
//!
//! Somebody wants the whole list. [`step_1`] collects all lines, sorts them and keeps one an article.
//! [`step_2`] does so in the right order. [`step_3`] collects nothing. [`experiment`] holds the
//! experiments. The real merge is `ferrisdb-merge`.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;

/// An article and its price; without one it is no longer sold.
pub type Change = (String, Option<String>);

/// An article that is sold, and its price.
pub type Price = (String, String);

/// The changes of one night, in a file, sorted by article.
#[derive(Debug, Clone)]
pub struct Export {
    path: PathBuf,
    /// How many lines were read of all exports with the same counter.
    pub read: Rc<Cell<u64>>,
}

impl Export {
    /// Writes an export.
    pub fn write(path: &Path, changes: &[Change], read: &Rc<Cell<u64>>) -> io::Result<Self> {
        let line = |(article, price): &Change| {
            let price = price.as_deref().unwrap_or("-");
            format!("{article} {price}\n")
        };
        fs::write(path, changes.iter().map(line).collect::<String>())?;
        let (path, read) = (path.to_owned(), Rc::clone(read));
        Ok(Self { path, read })
    }

    /// Its changes, one after the other, as they are read.
    pub fn changes(&self) -> io::Result<Changes> {
        let file = File::open(&self.path)?;
        Ok(Changes {
            lines: BufReader::new(file).lines(),
            read: Rc::clone(&self.read),
        })
    }
}

/// The changes of one night, read line by line.
#[derive(Debug)]
pub struct Changes {
    lines: io::Lines<BufReader<File>>,
    read: Rc<Cell<u64>>,
}

impl Iterator for Changes {
    type Item = io::Result<Change>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.lines.next()? {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        self.read.set(self.read.get() + 1);
        let (article, price) = line.split_once(' ').unwrap_or((&line, "-"));
        let price = (price != "-").then(|| price.to_owned());
        Some(Ok((article.to_owned(), price)))
    }
}
