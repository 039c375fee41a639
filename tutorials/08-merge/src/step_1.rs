//! Step 1: collect the prices of all exports, sort them, keep the newest of each article.

use std::io;

use crate::{Export, Price};

/// All prices. The exports are given the newest first.
pub fn list(exports: &[Export]) -> io::Result<Vec<Price>> {
    let mut all = Vec::new();
    for export in exports {
        for change in export.changes()? {
            // What is no longer sold has no price, so it has no place in a list of prices.
            if let (article, Some(price)) = change? {
                all.push((article, price));
            }
        }
    }
    // This sort leaves equal articles in the order in which they came: the newest first.
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    all.dedup_by(|(right, _), (left, _)| left == right);
    Ok(all)
}
