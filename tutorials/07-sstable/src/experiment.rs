//! Counts what a price costs, and what a crash leaves.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use crate::{Prices, step_1, step_2};

/// Prices of the first `count` articles.
pub fn prices(count: u64) -> Prices {
    let price = |n: u64| n * 7919 % 99_991 + 9;
    (0..count)
        .map(|n| (format!("article-{n:07}"), price(n).to_string()))
        .collect()
}

/// The problem: every service reads the whole export to answer one question.
pub fn load_all() -> String {
    let mut out = String::new();
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        let export: String = prices(count)
            .iter()
            .map(|(article, price)| step_1::line(article, price))
            .collect();
        let map: Prices = export
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(article, price)| (article.to_owned(), price.to_owned()))
            .collect();
        let answer = map.get("article-0000777").map_or("nothing", |price| price);
        let _ = writeln!(
            out,
            "{} articles: {} bytes read and {} strings made, to answer \"{answer}\"",
            grouped(count),
            grouped(export.len() as u64),
            grouped(2 * map.len() as u64),
        );
    }
    out
}

/// The first experiment: what opening a table and reading one price cost, by its size.
pub fn growth(directory: &Path, counts: &[u64]) -> io::Result<String> {
    let path = directory.join("prices");
    let header = "         articles  read at start  index entries  its memory  read for a price\n";
    let mut out = header.to_owned();
    let mut line = |name: &str, count, open, entries: usize, memory: usize, get| {
        let _ = writeln!(
            out,
            "{name}  {:>9}  {:>13}  {:>13}  {:>10}  {:>16}",
            grouped(count),
            grouped(open),
            grouped(entries as u64),
            grouped(memory as u64),
            grouped(get),
        );
    };
    for &count in counts {
        step_1::write(&path, &prices(count))?;
        let table = step_1::Table::open(&path)?;
        let open = table.reader.bytes.get();
        table.get("article-0000777")?;
        let keys: usize = table.index.keys().map(String::len).sum();
        let memory = keys + table.index.len() * size_of::<(String, (u64, u64))>();
        let get = table.reader.bytes.get() - open;
        line("step 1", count, open, table.index.len(), memory, get);
    }
    for &count in counts {
        step_2::write(&path, &prices(count))?;
        let table = step_2::Table::open(&path)?;
        let open = table.reader.bytes.get();
        table.get("article-0000777")?;
        let keys: usize = table.index.iter().map(|(last, ..)| last.len()).sum();
        let memory = keys + table.index.len() * size_of::<(String, u64, u64)>();
        let get = table.reader.bytes.get() - open;
        line("step 2", count, open, table.index.len(), memory, get);
    }
    Ok(out)
}

/// The second experiment: tonight's export replaces yesterday's, and is killed after every
/// `stride` bytes. What do the services find in the morning?
pub fn killed(directory: &Path, stride: usize) -> io::Result<String> {
    let path = directory.join("prices");
    let tonight = step_2::encode(&prices(1_000));
    let (mut tried, mut open) = (0, 0);
    for written in (0..tonight.len()).step_by(stride) {
        // Where the name is taken at once, the old table is gone with the first byte.
        fs::write(&path, &tonight[..written])?;
        tried += 1;
        open += usize::from(step_2::Table::open(&path).is_ok());
    }
    let mut out = format!("under its own name: {open} of {tried} killed exports leave a table\n");

    step_2::write(&path, &prices(900))?;
    let (mut tried, mut open) = (0, 0);
    for written in (0..tonight.len()).step_by(stride) {
        fs::write(path.with_extension("tmp"), &tonight[..written])?;
        tried += 1;
        open += usize::from(step_2::Table::open(&path).is_ok());
    }
    let _ = writeln!(
        out,
        "under another name: {open} of {tried} killed exports leave a table, yesterday's"
    );
    Ok(out)
}

/// The third experiment: a table a day, and the newest one that knows an article wins.
pub fn many_tables(directory: &Path) -> io::Result<String> {
    let mut tables = Vec::new();
    for day in 0..10_u64 {
        let path = directory.join(format!("day-{day}"));
        // Each day changes every tenth price, others than the days before.
        let changed = prices(20_000)
            .into_iter()
            .skip(usize::try_from(day).unwrap_or(0));
        step_2::write(&path, &changed.step_by(10).collect())?;
        tables.push(step_2::Table::open(&path)?);
    }
    let mut out = String::new();
    for (what, article) in [
        ("changed on the last day", "article-0000779"),
        ("changed on the first day only", "article-0000770"),
        ("never in the shop", "article-0000770b"),
    ] {
        let before: u64 = tables.iter().map(|table| table.reader.reads.get()).sum();
        for table in tables.iter().rev() {
            if table.get(article)?.is_some() {
                break;
            }
        }
        let after: u64 = tables.iter().map(|table| table.reader.reads.get()).sum();
        let count = after - before;
        let blocks = if count == 1 { "block" } else { "blocks" };
        let _ = writeln!(out, "an article {what}: {count} {blocks} read");
    }
    Ok(out)
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
