//! Counts what the files of a shop cost, and finds the article that comes back.

use std::fmt::Write;
use std::io;
use std::path::Path;

use crate::{Changes, Store};

/// Articles whose stock changes in an evening.
const ARTICLES_AN_EVENING: u64 = 100;

/// An article that the shop has never sold.
const UNKNOWN: &str = "article-000000b";

/// The evening's changes in a shop that always sells the same thousand articles.
fn same_articles(evening: u64) -> Changes {
    // Steps of 7 meet each of the thousand articles once in ten evenings.
    let number = |n: u64| (evening * ARTICLES_AN_EVENING + n) * 7 % 1_000;
    let changes = (0..ARTICLES_AN_EVENING).map(number);
    changes
        .map(|n| (name(n), Some(stock(evening + n))))
        .collect()
}

/// The evening's changes in a shop that grows: a hundred articles that are new.
fn new_articles(evening: u64) -> Changes {
    let first = evening * ARTICLES_AN_EVENING;
    let changes = first..first + ARTICLES_AN_EVENING;
    changes.map(|n| (name(n), Some(stock(n)))).collect()
}

fn name(number: u64) -> String {
    format!("article-{number:06}")
}

/// Three digits, so that every line is as long as the others.
fn stock(n: u64) -> u64 {
    100 + n * 37 % 900
}

/// The problem: a file an evening, for a year.
pub fn year(directory: &Path) -> io::Result<String> {
    let mut store = Store::new(directory);
    let mut out =
        "evenings  files  on the disk  of it current  files asked for an unknown article\n".into();
    for evening in 1..=365 {
        store.add(&same_articles(evening))?;
        if [1, 7, 30, 365].contains(&evening) {
            let current: u64 = store
                .merged(0)?
                .keys()
                .map(|key| key.len() as u64 + 5)
                .sum();
            let size: u64 = store.sizes()?.iter().sum();
            let (_, asked) = store.get(UNKNOWN)?;
            row(
                &mut out,
                &[
                    (8, evening.to_string()),
                    (7, store.files.len().to_string()),
                    (13, grouped(size)),
                    (15, grouped(current)),
                    (36, asked.to_string()),
                ],
            );
        }
    }
    Ok(out)
}

/// The first experiment: a shop that grows merges everything, every evening.
pub fn everything(directory: &Path) -> io::Result<String> {
    growing(directory, Store::merge_all)
}

/// The second experiment: it merges only what is about equally large.
pub fn equals(directory: &Path) -> io::Result<String> {
    growing(directory, Store::merge_equals)
}

fn growing(directory: &Path, merge: fn(&mut Store) -> io::Result<()>) -> io::Result<String> {
    let mut store = Store::new(directory);
    let mut out =
        "evenings  files      data     written  written for a byte  worst evening\n".into();
    let (mut data, mut worst) = (0, 0);
    for evening in 1..=160_u64 {
        let before = store.written;
        store.add(&new_articles(evening))?;
        data += store.written - before;
        merge(&mut store)?;
        worst = worst.max(store.written - before);
        if evening % 10 == 0 && (evening / 10).is_power_of_two() {
            let tenths = store.written * 10 / data;
            row(
                &mut out,
                &[
                    (8, evening.to_string()),
                    (7, store.files.len().to_string()),
                    (10, grouped(data)),
                    (12, grouped(store.written)),
                    (20, format!("{}.{}", tenths / 10, tenths % 10)),
                    (15, grouped(worst)),
                ],
            );
        }
    }
    Ok(out)
}

/// The third experiment: files are merged, but not all, and deletions are left out as before.
pub fn back(directory: &Path) -> io::Result<String> {
    let mut store = Store::new(directory);
    let mut out = String::new();
    let mut tell = |when: &str, store: &Store| {
        let answer = match store.get("teapot")?.0 {
            Some(stock) => format!("{stock} teapots in stock"),
            None => "teapots are not sold here".into(),
        };
        let _ = writeln!(out, "{when:<52}  {answer}");
        io::Result::Ok(())
    };
    let change = |article: &str, stock| (article.to_owned(), stock);
    store.add(&Changes::from([
        change("kettle", Some(12)),
        change("teapot", Some(7)),
    ]))?;
    tell("Monday: kettle 12, teapot 7", &store)?;
    store.add(&Changes::from([change("teapot", None)]))?;
    tell("Tuesday: teapot -", &store)?;
    store.add(&Changes::from([change("kettle", Some(11))]))?;
    tell("Wednesday: kettle 11", &store)?;

    let mut merged = store.merged(1)?;
    merged.retain(|_, stock| stock.is_some());
    store.replace(1, &merged)?;
    tell("Tuesday and Wednesday merged, deletions left out", &store)?;
    Ok(out)
}

/// A line of texts, each as far to the right as its width says.
fn row(out: &mut String, cells: &[(usize, String)]) {
    for (width, text) in cells {
        let _ = write!(out, "{text:>width$}");
    }
    out.push('\n');
}

/// A number with a comma after each third digit.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
