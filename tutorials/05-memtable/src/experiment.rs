//! Lets a till write at every moment of a report, and compares the totals.

use std::fmt::{self, Write};

use crate::step_1::Cards;
use crate::{step_2, step_3, step_4};

/// What each card holds at the beginning, in cents.
const BALANCE: u64 = 1000;

/// That many cards with 1000 cents each.
pub fn shop(cards: usize) -> Cards {
    let shop = Cards::default();
    for number in 1..=cards {
        shop.set(&card(number), BALANCE);
    }
    shop
}

/// The name of a card; names sort like their numbers.
pub fn card(number: usize) -> String {
    format!("card-{number:04}")
}

/// The first experiment: one sale after each card that the report reads, with the lock held and
/// with a copy.
pub fn waiting() -> String {
    let mut out = String::new();
    for cards in [10, 1000] {
        let shop = shop(cards);
        let mut sales = Sales::default();
        let total = step_2::total(&shop, || sales.sell(&shop));
        let _ = writeln!(out, "{cards:4} cards, lock held: total {total}, {sales}");
        let mut sales = Sales::default();
        let (total, copied) = step_4::total(&shop, || sales.sell(&shop));
        let _ = writeln!(
            out,
            "{cards:4} cards, on a copy: total {total}, {sales}, {copied} copied"
        );
    }
    out
}

/// What happened at a till.
#[derive(Debug, Default)]
struct Sales {
    done: usize,
    refused: usize,
}

impl Sales {
    fn sell(&mut self, shop: &Cards) {
        match shop.transfer(&card(1), &card(2), 1) {
            Ok(_) => self.done += 1,
            Err(_) => self.refused += 1,
        }
    }
}

impl fmt::Display for Sales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, refused } = self;
        write!(f, "{done} sales, a till waited {refused} times")
    }
}

/// A report that was disturbed by one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disturbed {
    /// How many pages had been read when the transfer happened.
    pub pages: usize,
    /// Where the money came from.
    pub from: usize,
    /// Where it went.
    pub to: usize,
    /// What the report said in the end.
    pub total: u64,
}

/// One report for every moment and every two cards between which 100 cents can move in it.
pub fn every_transfer(cards: usize, page_size: usize) -> Vec<Disturbed> {
    let mut reports = Vec::new();
    for moment in 1..=cards.div_ceil(page_size) {
        for (from, to) in (1..=cards).flat_map(|from| (1..=cards).map(move |to| (from, to))) {
            if from == to {
                continue;
            }
            let shop = shop(cards);
            let mut pages = 0;
            let total = step_3::total(&shop, page_size, || {
                pages += 1;
                if pages == moment {
                    let done = shop.transfer(&card(from), &card(to), 100);
                    assert_eq!(done, Ok(true), "nobody holds the lock between two pages");
                }
            });
            reports.push(Disturbed {
                pages: moment,
                from,
                to,
                total,
            });
        }
    }
    reports
}

/// The second experiment: a transfer between any two pages of a report.
pub fn pages() -> String {
    let mut out = String::new();
    let (cards, page_size) = (6, 2);
    let right = cards as u64 * BALANCE;
    let reports = every_transfer(cards, page_size);
    let wrong: Vec<_> = reports
        .iter()
        .filter(|report| report.total != right)
        .collect();
    let _ = writeln!(
        out,
        "{cards} cards hold {right} at every moment; {} of {} reports say something else",
        wrong.len(),
        reports.len()
    );
    for report in wrong.iter().step_by(wrong.len().div_ceil(4).max(1)) {
        let Disturbed {
            pages,
            from,
            to,
            total,
        } = report;
        let _ = writeln!(
            out,
            "  100 cents from {} to {} after page {pages}: total {total}",
            card(*from),
            card(*to)
        );
    }
    out
}
