//! Step 3: a report that takes the lock for a page at a time.

use std::ops::Bound;

use crate::step_1::Cards;

/// Adds up all balances, a page at a time: like `WHERE card > ? ORDER BY card LIMIT ?`.
/// `meanwhile` is whatever the tills do between two pages.
pub fn total(cards: &Cards, page_size: usize, mut meanwhile: impl FnMut()) -> u64 {
    let mut total = 0;
    let mut last: Option<String> = None;
    loop {
        let balances = cards.read();
        let start = last.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let rest = balances.range::<str, _>((start, Bound::Unbounded));
        let page: Vec<_> = rest.take(page_size).collect();
        let Some((card, _)) = page.last() else {
            return total;
        };
        last = Some((*card).clone());
        total += page.iter().map(|(_, balance)| **balance).sum::<u64>();
        drop(balances);
        meanwhile();
    }
}
