//! The item finder: from a path such as `Writer::append` to the bytes of the source.
//!
//! The cutter, the book and `cargo learn reset` share it, so a path means the same item to all.
//! A path is what one would write in Rust, in full or from any segment on that makes it unique:
//!
//! ```text
//!   encode                          a function at the root of the crate, else the only `encode`
//!   Writer::append                  a method of an `impl Writer`
//!   <Record as Display>::fmt        a method of a trait implementation
//!   <Error as From<io::Error>>::from    where one type implements a trait more than once
//!   impl Drop for Writer            a whole implementation block
//!   segment::SegmentName::parse     any of these below its modules
//! ```
//!
//! Invariant: every range lies on character boundaries of the text of its file, and covers the
//! item's attributes and documentation.

mod collect;
mod path;

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use collect::Collector;

/// The parsed sources of one crate. Holds no syntax trees, only places.
#[derive(Debug, Clone)]
pub struct SourceTree {
    root: PathBuf,
    files: Vec<SourceFile>,
    items: Vec<Found>,
}

/// One source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says, with `\n` line ends.
    pub text: String,
}

/// An item and its place.
#[derive(Debug, Clone)]
pub struct Found {
    /// The item's full path: `writer::Writer::append`.
    pub path: String,
    /// What sort of item it is.
    pub kind: Kind,
    /// The file it is in.
    pub file: PathBuf,
    /// Its bytes in the file, from its first attribute or line of documentation.
    pub item: Range<usize>,
    /// The bytes from `{` to `}`, if it is a function or a module with a body here.
    pub body: Option<Range<usize>>,
    /// A function's signature without its spaces, for comparing two.
    pub signature: Option<String>,
    /// Whether it is a `const fn`.
    pub is_const: bool,
    /// For `mod x;`: the file that holds the module.
    pub module_file: Option<PathBuf>,
    /// Other ways to write the path.
    aliases: Vec<String>,
    /// Whether it is inside of `#[cfg(test)]`.
    in_tests: bool,
}

/// What sort of item was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function, free or in a trait or implementation.
    Function,
    /// A struct, enum, union, trait, constant, static, alias or macro.
    Definition,
    /// An implementation block.
    Implementation,
    /// A module.
    Module,
}

impl SourceTree {
    /// Reads `lib.rs` and `main.rs` of a source directory and every module they declare.
    pub fn load(source_dir: &Path) -> Result<Self> {
        let mut collector = Collector::default();
        let roots: Vec<_> = ["lib.rs", "main.rs"]
            .into_iter()
            .map(|name| source_dir.join(name))
            .filter(|path| path.is_file())
            .collect();
        if roots.is_empty() {
            return Err(Error::NoCrate {
                path: source_dir.to_owned(),
            });
        }
        for root in roots {
            collector.root(&root, "")?;
        }
        Ok(collector.finish(source_dir))
    }

    /// Reads a package: its `src`, and below `examples::NAME`, `tests::NAME`, `benches::NAME` and
    /// `bin::NAME` its other programs.
    pub fn load_package(package_dir: &Path) -> Result<Self> {
        let mut tree = Self::load(&package_dir.join("src"))?;
        let mut collector = Collector::default();
        for (directory, module) in [
            ("src/bin", "bin"),
            ("examples", "examples"),
            ("tests", "tests"),
            ("benches", "benches"),
        ] {
            for path in rust_files(&package_dir.join(directory)) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                collector.root(&path, &format!("{module}::{stem}"))?;
            }
        }
        let rest = collector.finish(package_dir);
        tree.root = rest.root;
        tree.files.extend(rest.files);
        tree.items.extend(rest.items);
        Ok(tree)
    }

    /// Reads the items of one text that is not part of a crate.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut collector = Collector::default();
        collector.text(text.to_owned(), path)?;
        Ok(collector.finish(path))
    }

    /// The one item that a path or a suffix of a path means.
    pub fn find(&self, asked: &str) -> Result<&Found> {
        let wanted = path::segments(asked);
        let exact = self.matching(|name| path::segments(name) == wanted);
        let matches = if exact.is_empty() {
            self.matching(|name| path::segments(name).ends_with(&wanted))
        } else {
            exact
        };
        match *matches {
            [found] => Ok(found),
            [] => Err(Error::ItemMissing {
                asked: asked.to_owned(),
                place: self.root.clone(),
                candidates: self.near(asked),
            }),
            _ => Err(Error::ItemAmbiguous {
                asked: asked.to_owned(),
                place: self.root.clone(),
                candidates: matches.iter().map(|found| found.path.clone()).collect(),
            }),
        }
    }

    /// Every item, in the order of the files and of their lines.
    pub fn items(&self) -> &[Found] {
        &self.items
    }

    /// Every file, the crate's root first.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The text of a file of this tree, empty for any other.
    pub fn text(&self, path: &Path) -> &str {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map_or("", |file| &file.text)
    }

    /// The text of an item, attributes and documentation included.
    pub fn item_text(&self, found: &Found) -> &str {
        &self.text(&found.file)[found.item.clone()]
    }

    /// The line, counted from 1, on which an item starts.
    pub fn line(&self, found: &Found) -> usize {
        line_of(self.text(&found.file), found.item.start)
    }

    /// The items of which some way to write the path is `like` that; test code only if nothing
    /// else is, for a helper in `mod tests` must not make a name ambiguous.
    fn matching(&self, like: impl Fn(&str) -> bool) -> Vec<&Found> {
        let (mut tests, mut matches) = (Vec::new(), Vec::new());
        for found in &self.items {
            let mut names = std::iter::once(&found.path).chain(&found.aliases);
            if names.any(|name| like(name)) {
                let list = if found.in_tests {
                    &mut tests
                } else {
                    &mut matches
                };
                list.push(found);
            }
        }
        if matches.is_empty() { tests } else { matches }
    }

    /// The items whose names are most like the one asked for.
    fn near(&self, asked: &str) -> Vec<String> {
        let mut scored: Vec<_> = self
            .items
            .iter()
            .filter(|found| !found.in_tests)
            .filter_map(|found| Some((path::distance(asked, &found.path)?, &found.path)))
            .collect();
        scored.sort();
        scored.dedup();
        scored
            .into_iter()
            .take(3)
            .map(|(_, path)| path.clone())
            .collect()
    }
}

/// The line, counted from 1, of a byte of a text.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}
