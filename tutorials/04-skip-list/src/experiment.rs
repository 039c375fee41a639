//! What it costs to keep cards in order, and what two threads do to each other.

use std::fmt::Write;
use std::sync::{Mutex, RwLock};

use crate::turns::{self, Till};
use crate::{step_1, step_2};

/// The n-th card that is sold, in an order that has nothing to do with the alphabet.
pub fn card(n: usize) -> String {
    format!("card-{:05}", n * 7919 % 100_003)
}

/// The first experiment: every card goes into its place, in three kinds of lists.
pub fn sorted() -> String {
    let mut out = String::new();
    for count in [1000, 2000, 4000] {
        let (mut array, mut moved) = (Vec::new(), 0);
        let (mut list, mut looked) = (step_1::List::default(), 0);
        let (mut towers, mut looked_with_towers) = (step_2::List::default(), 0);
        for card in (0..count).map(card) {
            let before = list.find(&card, || looked += 1);
            list.link(before, &card);
            let place = towers.find(&card, || looked_with_towers += 1);
            towers.link(&place, &card, 100);
            let place = array.partition_point(|other| *other < card);
            moved += array.len() - place;
            array.insert(place, card);
        }
        let _ = writeln!(
            out,
            "{count} cards: an array moved {moved:7}, a linked list looked at {looked:7}, a skip \
             list at {looked_with_towers:5}"
        );
    }
    out
}

/// A skip list of that many cards.
pub fn shop(cards: usize) -> step_2::List {
    let mut list = step_2::List::default();
    for card in (0..cards).map(card) {
        let place = list.find(&card, || ());
        list.link(&place, &card, 100);
    }
    list
}

/// The second experiment: two tills, one list, and a lock around it. After each call a till
/// needs a step for the customer, without the list.
pub fn locks() -> String {
    let mut out = String::new();
    let mut report = |what: &str, tills: [&(dyn Fn(&mut Till<'_>) + Sync); 2]| {
        let (worked, waited) = turns::run(tills);
        let _ = writeln!(out, "{what}: {worked} steps of work, {waited} of waiting");
    };
    let mutex = Mutex::new(shop(1000));
    let look_up = |till: &mut Till<'_>| {
        for card in (0..50).map(card) {
            let list = till.lock(|| mutex.try_lock().ok());
            list.get(&card, || till.work());
            drop(list);
            till.work();
        }
    };
    report("Mutex, both look up", [&look_up, &look_up]);
    let lock = RwLock::new(shop(1000));
    let look_up = |till: &mut Till<'_>| {
        for card in (0..50).map(card) {
            let list = till.lock(|| lock.try_read().ok());
            list.get(&card, || till.work());
            drop(list);
            till.work();
        }
    };
    let sell = |till: &mut Till<'_>, first: usize| {
        for card in (first..first + 50).map(card) {
            let mut list = till.lock(|| lock.try_write().ok());
            let place = list.find(&card, || till.work());
            list.link(&place, &card, 100);
            drop(list);
            till.work();
        }
    };
    let add_up = |till: &mut Till<'_>| {
        let list = till.lock(|| lock.try_read().ok());
        list.cards(0, || till.work());
    };
    report("RwLock, both look up", [&look_up, &look_up]);
    report(
        "RwLock, both sell",
        [&|till| sell(till, 2000), &|till| sell(till, 3000)],
    );
    report(
        "RwLock, one reads all, one sells",
        [&add_up, &|till| sell(till, 4000)],
    );
    out
}

/// What became of pairs of cards that were sold at the same moment.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Pairs that were tried.
    pub pairs: usize,
    /// Pairs that have written the same link.
    pub met: usize,
    /// Pairs after which a card was gone.
    pub gone: usize,
}

/// Two tills sell a card each, without a lock: both look for its place, then both write.
pub fn every_pair(cards: usize) -> Tally {
    let mut tally = Tally::default();
    let (shop, new) = (shop(cards), cards..2 * cards);
    let pairs = new.clone().flat_map(|n| new.clone().map(move |m| (n, m)));
    for (n, m) in pairs.filter(|(n, m)| n != m) {
        let (first, second, mut list) = (card(n), card(m), shop.clone());
        let (place, other) = (list.find(&first, || ()), list.find(&second, || ()));
        list.link(&other, &second, 100);
        list.link(&place, &first, 100);
        let levels = step_2::height(&first).min(step_2::height(&second));
        let meet = |level: usize| place.before[level] == other.before[level];
        tally.pairs += 1;
        tally.met += usize::from((0..levels).any(meet));
        tally.gone += usize::from(list.cards(0, || ()).len() < cards + 2);
    }
    tally
}

/// The third experiment: no lock at all.
pub fn lost() -> String {
    let mut out = String::new();
    for cards in [10, 20, 40, 80] {
        let Tally { pairs, met, gone } = every_pair(cards);
        let _ = writeln!(
            out,
            "{cards} cards, {pairs} pairs of sales: {met} write the same link, {gone} lose a card"
        );
    }
    out
}
