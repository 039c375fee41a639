//! Step 2: a store. The log is written first, the memory after it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::Balances;

/// Balances that survive a restart.
#[derive(Debug)]
pub struct Store {
    log: File,
    balances: Balances,
}

impl Store {
    /// Opens the log, or creates it, and replays it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(path)?;
        let balances = replay(&fs::read(path)?);
        Ok(Self { log, balances })
    }

    /// Sets a balance. When this returns without an error, the line is in the file.
    pub fn set(&mut self, card: &str, amount: &str) -> io::Result<()> {
        self.log.write_all(set_line(card, amount).as_bytes())?;
        self.balances.insert(card.to_owned(), amount.to_owned());
        Ok(())
    }

    /// Removes a card. A removal is a line too: a log only grows.
    pub fn delete(&mut self, card: &str) -> io::Result<()> {
        self.log.write_all(delete_line(card).as_bytes())?;
        self.balances.remove(card);
        Ok(())
    }

    /// All balances.
    pub fn balances(&self) -> &Balances {
        &self.balances
    }
}

/// The line that sets a balance.
pub fn set_line(card: &str, amount: &str) -> String {
    format!("set {card} {amount}\n")
}

/// The line that removes a card.
pub fn delete_line(card: &str) -> String {
    format!("del {card}\n")
}

/// What the lines of a log amount to.
pub fn replay(log: &[u8]) -> Balances {
    let mut balances = Balances::new();
    for line in String::from_utf8_lossy(log).lines() {
        apply(line, &mut balances);
    }
    balances
}

/// Does what one line says; a line that says nothing known is skipped.
pub fn apply(line: &str, balances: &mut Balances) {
    let mut words = line.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("set"), Some(card), Some(amount)) => {
            balances.insert(card.to_owned(), amount.to_owned());
        }
        (Some("del"), Some(card), None) => {
            balances.remove(card);
        }
        _ => {}
    }
}
