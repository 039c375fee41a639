//! What does a reader see while a card is sold, in every order that the orderings allow?

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use loom::sync::atomic::AtomicU64;
use loom::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

/// A till writes a card, and then the link that leads to it. A reader follows the link. Returns
/// what the reader found, and in how many executions.
fn outcomes(store: Ordering, load: Ordering) -> BTreeMap<String, usize> {
    let outcomes = Arc::new(Mutex::new(BTreeMap::new()));
    let seen = Arc::clone(&outcomes);
    loom::model(move || {
        let shop = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        let reader = {
            let shop = Arc::clone(&shop);
            loom::thread::spawn(move || {
                let (card, link) = &*shop;
                (link.load(load) == 1).then(|| card.load(Relaxed))
            })
        };
        let (card, link) = &*shop;
        card.store(1275, Relaxed);
        link.store(1, store);
        let found = match reader.join().expect("a reader does not panic") {
            None => "no card".to_owned(),
            Some(balance) => format!("balance {balance}"),
        };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen.entry(found).or_default() += 1;
    });
    let outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
    outcomes.clone()
}

fn main() {
    for (store, load) in [(Release, Acquire), (Relaxed, Acquire), (Release, Relaxed)] {
        let found: Vec<String> = outcomes(store, load)
            .into_iter()
            .map(|(found, times)| format!("{times} × {found}"))
            .collect();
        println!("{store:?}, {load:?}: {}", found.join(", "));
    }
}
