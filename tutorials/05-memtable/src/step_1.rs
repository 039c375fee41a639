//! Step 1: a sorted map behind a lock. It knows the newest balance of each card, nothing else.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The newest balance of each card, in cents.
pub type Balances = BTreeMap<String, u64>;

/// The gift cards of the shop, shared by all tills.
#[derive(Debug, Default)]
pub struct Cards {
    pub(crate) balances: RwLock<Balances>,
}

impl Cards {
    /// Sets a balance. What it was before is forgotten.
    pub fn set(&self, card: &str, balance: u64) {
        let mut balances = self
            .balances
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        balances.insert(card.to_owned(), balance);
    }

    /// The balance of a card.
    pub fn get(&self, card: &str) -> Option<u64> {
        self.read().get(card).copied()
    }

    /// Moves an amount from one card to another, both under one lock: nobody can see the money
    /// on both cards, or on neither. Returns whether there was enough of it.
    ///
    /// A till must not stand still, so if the lock is taken it says so instead of waiting.
    pub fn transfer(&self, from: &str, to: &str, amount: u64) -> Result<bool, Busy> {
        let mut balances = self.balances.try_write().map_err(|_| Busy)?;
        let (Some(&source), Some(&target)) = (balances.get(from), balances.get(to)) else {
            return Ok(false);
        };
        if from == to || source < amount {
            return Ok(false);
        }
        balances.insert(from.to_owned(), source - amount);
        balances.insert(to.to_owned(), target + amount);
        Ok(true)
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Balances> {
        self.balances.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody else holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;
