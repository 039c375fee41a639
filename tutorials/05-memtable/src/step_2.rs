//! Step 2: a report that holds the lock until it is done.

use crate::step_1::Cards;

/// Adds up all balances. `meanwhile` is whatever the tills do after each card.
pub fn total(cards: &Cards, mut meanwhile: impl FnMut()) -> u64 {
    let balances = cards.read();
    let mut total = 0;
    for balance in balances.values() {
        total += balance;
        meanwhile();
    }
    total
}
