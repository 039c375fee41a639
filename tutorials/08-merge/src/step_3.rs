//! Step 3: collect nothing. One line of each export is enough to know what comes next.

use std::io;
use std::mem;

use crate::{Change, Changes, Export, Price};

/// All prices, one after the other.
#[derive(Debug)]
pub struct Merge {
    exports: Vec<Changes>,
    /// The next change of each export, if it has one more.
    heads: Vec<Option<Change>>,
}

impl Merge {
    /// A merge of exports, the newest first. Reads one line of each.
    pub fn open(exports: &[Export]) -> io::Result<Self> {
        let mut merge = Self {
            exports: Vec::new(),
            heads: Vec::new(),
        };
        for export in exports {
            let mut changes = export.changes()?;
            merge.heads.push(changes.next().transpose()?);
            merge.exports.push(changes);
        }
        Ok(merge)
    }

    /// The next price, if there is one.
    pub fn next_price(&mut self) -> io::Result<Option<Price>> {
        loop {
            let articles = self.heads.iter().flatten().map(|(article, _)| article);
            let Some(article) = articles.min().cloned() else {
                return Ok(None);
            };
            let mut newest = None;
            for (head, export) in self.heads.iter_mut().zip(&mut self.exports) {
                if head.as_ref().is_some_and(|(other, _)| *other == article) {
                    // The first one that has this article is the newest. All of them move on.
                    let change = mem::replace(head, export.next().transpose()?);
                    newest = newest.or(change);
                }
            }
            if let Some((article, Some(price))) = newest {
                return Ok(Some((article, price)));
            }
        }
    }
}
