//! Step 2: the same, in the right order. First the newest change of each article, then the prices.

use std::io;

use crate::{Change, Export, Price};

/// All prices. The exports are given the newest first.
pub fn list(exports: &[Export]) -> io::Result<Vec<Price>> {
    let mut all: Vec<Change> = Vec::new();
    for export in exports {
        for change in export.changes()? {
            all.push(change?);
        }
    }
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    all.dedup_by(|(right, _), (left, _)| left == right);
    let sold = all
        .into_iter()
        .filter_map(|(article, price)| Some((article, price?)));
    Ok(sold.collect())
}
