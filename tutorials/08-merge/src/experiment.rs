//! How the three steps break.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::rc::Rc;

use crate::step_3::Merge;
use crate::{Change, Export, Price, step_1, step_2};

/// How many articles the shop has ever had.
const ARTICLES: u64 = 40_000;

/// How many prices a page shows.
const PAGE: usize = 20;

/// The exports of so many nights, the newest first. Each night changes a tenth of the prices, and a
/// few articles are no longer sold.
pub fn exports(directory: &Path, nights: u64) -> io::Result<Vec<Export>> {
    let read = Rc::default();
    let night = |night: u64| {
        let changes: Vec<Change> = (0..ARTICLES)
            .filter(|article| (article * 7 + night * 3).is_multiple_of(10))
            .map(|article| {
                let price = (article * 7919 + night * 104_729) % 99_991;
                let is_sold = !(article / 10 + night).is_multiple_of(40);
                (name(article), is_sold.then(|| price.to_string()))
            })
            .collect();
        Export::write(
            &directory.join(format!("night-{night:02}")),
            &changes,
            &read,
        )
    };
    (1..=nights).rev().map(night).collect()
}

fn name(article: u64) -> String {
    format!("article-{article:05}")
}

/// The first experiment: who is on the list although it is no longer sold?
pub fn gone(directory: &Path) -> io::Result<String> {
    let exports = exports(directory, 30)?;
    let right = step_2::list(&exports)?;
    let mut out = String::new();
    for (what, list) in [
        (
            "drop what is gone, then keep the newest",
            step_1::list(&exports)?,
        ),
        ("keep the newest, then drop what is gone", right.clone()),
    ] {
        let is_gone = |price: &&Price| right.binary_search(price).is_err();
        let gone: Vec<&Price> = list.iter().filter(is_gone).collect();
        let (prices, gone_count) = (grouped(list.len() as u64), grouped(gone.len() as u64));
        let _ = writeln!(out, "{what}:");
        let _ = write!(
            out,
            "    {prices} prices, {gone_count} of articles that are gone"
        );
        if let Some((article, price)) = gone.first() {
            let _ = write!(out, ", such as {article} for {price}");
        }
        out.push('\n');
    }
    Ok(out)
}

/// The second experiment: what does the first page of the list cost?
pub fn first_page(directory: &Path) -> io::Result<String> {
    let mut out = String::from("the first page          lines read  lines in memory\n");
    for nights in [3, 30] {
        let exports = exports(directory, nights)?;
        let read = &*exports[0].read;
        step_2::list(&exports)?;
        let all = read.replace(0);
        line(&mut out, "collect and sort", nights, [all, all]);
        let mut merge = Merge::open(&exports)?;
        page(&mut merge)?;
        line(&mut out, "merge", nights, [read.replace(0), nights]);
    }
    Ok(out)
}

fn line(out: &mut String, what: &str, nights: u64, numbers: [u64; 2]) {
    let [read, held] = numbers.map(grouped);
    let _ = writeln!(out, "{what:<16}  {nights:>2} files  {read:>8}  {held:>15}");
}

/// The third experiment: somebody reads to page 100, and then wants to see page 99 again.
pub fn back(directory: &Path) -> io::Result<String> {
    let exports = exports(directory, 30)?;
    let read: &Cell<u64> = &exports[0].read;
    let mut merge = Merge::open(&exports)?;
    let mut out = String::new();
    for _ in 1..100 {
        page(&mut merge)?;
    }
    read.set(0);
    page(&mut merge)?;
    let forward = grouped(read.replace(0));
    let _ = writeln!(out, "from page 99 to page 100: {forward} lines read");
    // A file of lines can only be read forward, so the way back is the way from the start.
    let mut merge = Merge::open(&exports)?;
    for _ in 1..=99 {
        page(&mut merge)?;
    }
    let backward = grouped(read.replace(0));
    let _ = writeln!(out, "from page 100 to page 99: {backward} lines read");
    Ok(out)
}

/// The next prices.
fn page(merge: &mut Merge) -> io::Result<Vec<Price>> {
    let mut page = Vec::new();
    while page.len() < PAGE
        && let Some(price) = merge.next_price()?
    {
        page.push(price);
    }
    Ok(page)
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
