//! Step 2: a line holds only what its key does not share with the key before it.
//!
//! ```text
//!   order/2026-11-21/00001 17.50        0 order/2026-11-21/00001 17.50
//!   order/2026-11-21/00002 8.00    ──▶  21 2 8.00
//!   order/2026-11-21/00010 12.00        20 10 12.00
//! ```

use std::fmt::Write;

use crate::{Answer, Orders};

/// How many bytes of the last key are kept, what follows them, and the amount.
pub fn encode(orders: &Orders) -> String {
    let mut text = String::new();
    let mut last = "";
    for (key, amount) in orders {
        let shared = shared_size(last, key);
        let _ = writeln!(text, "{shared} {} {amount}", &key[shared..]);
        last = key;
    }
    text
}

/// How many bytes two keys have in common at their beginning.
fn shared_size(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Puts the keys together again, from the top, until the wanted one comes or a greater one.
pub fn get(text: &str, wanted: &str) -> Answer {
    let mut bytes_read = 0;
    let mut key = String::new();
    for line in text.lines() {
        bytes_read += line.len() + 1;
        let mut parts = line.splitn(3, ' ');
        let shared = parts.next().and_then(|shared| shared.parse().ok());
        let (suffix, amount) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        // A number that cannot be: the line is taken for one that shares nothing.
        let shared = shared
            .filter(|&size| key.is_char_boundary(size))
            .unwrap_or(0);
        key.truncate(shared);
        key += suffix;
        if key.as_str() >= wanted {
            let amount = (key == wanted).then(|| amount.to_owned());
            return Answer { amount, bytes_read };
        }
    }
    Answer {
        amount: None,
        bytes_read,
    }
}
