//! Builds the book into `book/html`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mdbook_driver::MDBook;

use crate::error::{Error, Result};
use crate::expand::Expander;
use crate::pages;
use crate::preprocess::Directives;

/// The repository that holds `start`: the nearest folder with a `book/book.toml`.
pub fn find_root(start: &Path) -> Result<PathBuf> {
    start
        .ancestors()
        .find(|folder| folder.join("book/book.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| Error::NoBook {
            start: start.to_path_buf(),
        })
}

/// Builds the book of the repository at `root` and returns the folder of its pages.
pub fn build(root: &Path) -> Result<PathBuf> {
    let trouble = |error: mdbook_driver::errors::Error| match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::MdBook(format!("{error:#}")),
    };
    let mut book = MDBook::load(root.join("book")).map_err(trouble)?;
    let expander = Arc::new(Mutex::new(Expander::open(root, true)?));
    // It has the name of the entry in book.toml, so it takes the place of the program there,
    // which would be this one again.
    book.with_preprocessor(Directives::new(Arc::clone(&expander)));
    book.build().map_err(trouble)?;
    let html = book.build_dir_for("html");
    let expander = expander.lock().unwrap_or_else(PoisonError::into_inner);
    pages::write(root, &html, expander.shown())?;
    Ok(html)
}
