//! Step 2: everything is merged into one file.

use std::fs;
use std::io;

use crate::{Changes, Store};

impl Store {
    /// Replaces all files by one. It needs no deletions: there is nothing left
    /// that they could hide.
    pub fn merge_all(&mut self) -> io::Result<()> {
        let mut merged = self.merged(0)?;
        merged.retain(|_, stock| stock.is_some());
        self.replace(0, &merged)
    }

    /// What the files from place `from` on say together: the oldest first, so
    /// that what is newer overwrites it.
    pub fn merged(&self, from: usize) -> io::Result<Changes> {
        let mut merged = Changes::new();
        for &number in &self.files[from..] {
            merged.extend(self.read(number)?);
        }
        Ok(merged)
    }

    /// Puts one file in the place of all from place `from` on.
    pub fn replace(&mut self, from: usize, merged: &Changes) -> io::Result<()> {
        let number = self.write(merged)?;
        let old = self.files.split_off(from);
        self.files.push(number);
        for number in old {
            fs::remove_file(self.path(number))?;
        }
        Ok(())
    }
}
