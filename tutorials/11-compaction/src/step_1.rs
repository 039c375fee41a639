//! Step 1: a file an evening, and nothing is ever merged.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::Changes;

/// The files of a shop.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    last_number: u64,
    /// The numbers of the files, the oldest first.
    pub files: Vec<u64>,
    /// How many bytes were ever written.
    pub written: u64,
}

impl Store {
    /// A shop that has just opened.
    pub fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            last_number: 0,
            files: Vec::new(),
            written: 0,
        }
    }

    /// Writes an evening's changes into a file of their own.
    pub fn add(&mut self, changes: &Changes) -> io::Result<()> {
        let number = self.write(changes)?;
        self.files.push(number);
        Ok(())
    }

    /// Asks the newest file, then the one before, until one knows the
    /// article. Also says how many files were asked.
    pub fn get(&self, article: &str) -> io::Result<(Option<u64>, usize)> {
        for (asked, &number) in (1..).zip(self.files.iter().rev()) {
            if let Some(&stock) = self.read(number)?.get(article) {
                return Ok((stock, asked));
            }
        }
        Ok((None, self.files.len()))
    }

    /// How large each file is, the oldest first.
    pub fn sizes(&self) -> io::Result<Vec<u64>> {
        let size = |&number| Ok(fs::metadata(self.path(number))?.len());
        self.files.iter().map(size).collect()
    }

    /// Writes a file, and returns its number.
    pub(crate) fn write(&mut self, changes: &Changes) -> io::Result<u64> {
        let line = |(article, stock): (&String, &Option<u64>)| match stock {
            Some(stock) => format!("{article} {stock}\n"),
            None => format!("{article} -\n"),
        };
        let text: String = changes.iter().map(line).collect();
        self.last_number += 1;
        self.written += text.len() as u64;
        fs::write(self.path(self.last_number), text)?;
        Ok(self.last_number)
    }

    /// Reads a whole file. (A table of stage 7 would read one block.)
    pub(crate) fn read(&self, number: u64) -> io::Result<Changes> {
        let damaged = || io::Error::from(ErrorKind::InvalidData);
        let change = |line: &str| {
            let (article, stock) = line.split_once(' ').ok_or_else(damaged)?;
            let stock = match stock {
                "-" => None,
                number => Some(number.parse().map_err(|_| damaged())?),
            };
            Ok((article.to_owned(), stock))
        };
        fs::read_to_string(self.path(number))?
            .lines()
            .map(change)
            .collect()
    }

    pub(crate) fn path(&self, number: u64) -> PathBuf {
        self.directory.join(format!("{number:04}.txt"))
    }
}
