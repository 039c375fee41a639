//! The preprocessor: as a library type for [`crate::build`], and as the program that a plain
//! `mdbook build book` runs.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};

use crate::error::{AtPath, Error, Result};
use crate::expand::Expander;

/// Its name in `book.toml`.
pub(crate) const NAME: &str = "ferrisdb";

/// Expands the directives of every chapter. All problems of a book are reported at once.
#[derive(Debug)]
pub struct Directives {
    expander: Arc<Mutex<Expander>>,
}

impl Directives {
    /// A preprocessor that expands with `expander`; the caller may ask it afterwards what was shown.
    pub fn new(expander: Arc<Mutex<Expander>>) -> Self {
        Self { expander }
    }

    fn book(&self, mut book: Book) -> Result<Book> {
        let mut expander = self.expander.lock().unwrap_or_else(PoisonError::into_inner);
        let mut problems = Vec::new();
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && let Some(path) = chapter.source_path.clone()
            {
                let depth = path.components().count() - 1;
                match expander.chapter(&name(&path), depth, &chapter.content) {
                    Ok(content) => chapter.content = content,
                    Err(found) => problems.extend(found),
                }
            }
        });
        if problems.is_empty() {
            Ok(book)
        } else {
            Err(Error::Directives { problems })
        }
    }
}

/// How messages name a chapter: as a path from the root of the repository.
fn name(path: &Path) -> String {
    format!("book/src/{}", path.display()).replace('\\', "/")
}

impl Preprocessor for Directives {
    fn name(&self) -> &str {
        NAME
    }

    fn run(
        &self,
        _: &PreprocessorContext,
        book: Book,
    ) -> std::result::Result<Book, mdbook_preprocessor::errors::Error> {
        Ok(self.book(book)?)
    }
}

/// Speaks mdBook's preprocessor protocol: a context and a book as JSON on `input`, the expanded
/// book on `output`.
pub fn preprocess(input: impl Read, output: impl Write) -> Result<()> {
    let trouble = |error: &dyn std::fmt::Display| Error::MdBook(error.to_string());
    let (context, book) = parse_input(input).map_err(|error| trouble(&error))?;
    // The root is as it was given on mdBook's command line, seen from where that was started;
    // the preprocessor is started in the book itself.
    let book_root = if context.root.is_absolute() {
        context.root
    } else {
        let here = Path::new(".");
        here.canonicalize().at(here)?
    };
    let root = book_root
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default();
    let expander = Arc::new(Mutex::new(Expander::open(&root, false)?));
    let book = Directives::new(expander).book(book)?;
    serde_json::to_writer(output, &book).map_err(|error| trouble(&error))
}
