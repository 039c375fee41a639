//! What the simplest table costs, and what a damaged one says.

use std::fmt::Write;

use crate::step_3::Filter;
use crate::{Answer, Orders, step_1, step_2};

/// How a version of the table finds an order.
type Get = fn(&str, &str) -> Answer;

/// The key of the n-th order of the day.
pub fn key(n: usize) -> String {
    format!("order/2026-11-21/{n:05}")
}

/// The orders of a day. Only even numbers were paid, the others do not exist.
pub fn day(count: usize) -> Orders {
    let amount = |n: usize| format!("{}.{:02}", 1 + n * 7 % 90, n * 35 % 100);
    (0..count).map(|n| (key(2 * n), amount(n))).collect()
}

/// What lookups cost in a file of 10,000 orders.
pub fn scans() -> String {
    let text = step_1::encode(&day(10_000));
    let mut out = format!("10,000 orders, one line each: {} bytes\n", text.len());
    for (n, what) in [
        (0, "the first"),
        (10_000, "one in the middle"),
        (19_998, "the last"),
    ] {
        let answer = step_1::get(&text, &key(n));
        let found = answer.amount.unwrap_or_default();
        let _ = writeln!(out, "  {what}: {found}, {} bytes read", answer.bytes_read);
    }
    let answer = step_1::get(&text, &key(19_997));
    let _ = writeln!(
        out,
        "  one that does not exist: {} bytes read",
        answer.bytes_read
    );
    out
}

/// How large the file is, with whole keys and without what they share.
pub fn sizes() -> String {
    let orders = day(10_000);
    let values: usize = orders.values().map(String::len).sum();
    let (plain, shared) = (step_1::encode(&orders), step_2::encode(&orders));
    let mut out = String::new();
    let _ = writeln!(out, "whole keys:           {} bytes", plain.len());
    let _ = writeln!(out, "what is new of them:  {} bytes", shared.len());
    let _ = writeln!(out, "the amounts alone:    {values} bytes");
    for line in shared.lines().take(7) {
        let _ = writeln!(out, "  {line}");
    }
    out
}

/// The answers that a damaged file gives for the orders of a day.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bits flipped.
    pub tried: usize,
    /// Flips by which at least one order had a wrong amount.
    pub wrong: usize,
    /// Other flips, by which at least one order was gone.
    pub gone: usize,
    /// The wrong amounts of the flip that made most of them.
    pub worst: Vec<String>,
}

/// Flips every bit of the file, one at a time, and asks for every order.
pub fn every_flip(orders: &Orders, text: &str, get: Get) -> Tally {
    let mut tally = Tally::default();
    for bit in 0..text.len() * 8 {
        let mut bytes = text.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let damaged = String::from_utf8_lossy(&bytes);
        let (mut wrong, mut gone) = (Vec::new(), false);
        for (key, amount) in orders {
            match get(&damaged, key).amount {
                Some(found) if found == *amount => {}
                Some(found) => wrong.push(format!("{key} was {amount:?}, is {found:?}")),
                None => gone = true,
            }
        }
        tally.tried += 1;
        tally.wrong += usize::from(!wrong.is_empty());
        tally.gone += usize::from(wrong.is_empty() && gone);
        if wrong.len() > tally.worst.len() {
            tally.worst = wrong;
        }
    }
    tally
}

/// Flips in a small file, in both forms.
pub fn flips() -> String {
    let orders = day(12);
    let mut out = String::new();
    let forms: [(&str, String, Get); 2] = [
        ("whole keys", step_1::encode(&orders), step_1::get),
        ("what is new of them", step_2::encode(&orders), step_2::get),
    ];
    for (form, text, get) in forms {
        let tally = every_flip(&orders, &text, get);
        let (tried, wrong, gone) = (tally.tried, tally.wrong, tally.gone);
        let _ = writeln!(out, "{form}: {tried} bits flipped, one at a time");
        let _ = writeln!(
            out,
            "  {wrong} gave a wrong amount, {gone} more lost an order"
        );
        let _ = writeln!(
            out,
            "  the most at once, by a single bit: {}",
            tally.worst.len()
        );
        for example in tally.worst.iter().take(3) {
            let _ = writeln!(out, "    {example}");
        }
    }
    out
}

/// How many lookups of orders that do not exist a filter saves.
pub fn filters() -> String {
    let orders = day(10_000);
    let mut out = String::from("10,000 orders, and 10,000 that do not exist:\n");
    for lamps_per_key in [1, 2, 4, 8, 16] {
        let mut filter = Filter::new(lamps_per_key * orders.len());
        for key in orders.keys() {
            filter.add(key);
        }
        let denied = orders.keys().filter(|key| !filter.may_contain(key)).count();
        let through = (0..10_000)
            .filter(|n| filter.may_contain(&key(2 * n + 1)))
            .count();
        let _ = writeln!(
            out,
            "  {:6} lamps: {through:5} strangers get through, {denied} orders are denied",
            filter.lamps.len()
        );
    }
    out
}
