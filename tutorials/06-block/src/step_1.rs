//! Step 1: a line for every order, in the order of their keys.

use std::fs;
use std::io;
use std::path::Path;

use crate::{Answer, Orders};

/// The file's text. A `BTreeMap` gives its keys in order.
pub fn encode(orders: &Orders) -> String {
    let line = |(key, amount): (&String, &String)| format!("{key} {amount}\n");
    orders.iter().map(line).collect()
}

/// Writes the day's file.
pub fn write(path: &Path, orders: &Orders) -> io::Result<()> {
    fs::write(path, encode(orders))
}

/// Looks from the top until the key comes, or one that is greater.
pub fn get(text: &str, wanted: &str) -> Answer {
    let mut bytes_read = 0;
    for line in text.lines() {
        bytes_read += line.len() + 1;
        let (key, amount) = line.split_once(' ').unwrap_or((line, ""));
        if key >= wanted {
            let amount = (key == wanted).then(|| amount.to_owned());
            return Answer { amount, bytes_read };
        }
    }
    Answer {
        amount: None,
        bytes_read,
    }
}
