//! Step 1: a line for every change, and all lines read again at start.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::Balances;

/// Adds one line to the end of the log.
pub fn append(log: &Path, card: &str, amount: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(log)?;
    file.write_all(format!("{card} {amount}\n").as_bytes())
}

/// Reads the log from the top. A later line for the same card wins.
pub fn replay(log: &Path) -> io::Result<Balances> {
    let mut balances = Balances::new();
    for line in fs::read_to_string(log)?.lines() {
        if let Some((card, amount)) = line.split_once(' ') {
            balances.insert(card.to_owned(), amount.to_owned());
        }
    }
    Ok(balances)
}
