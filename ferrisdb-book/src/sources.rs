//! The repository's packages, and texts cut from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ferrisdb_course::items::{Kind, SourceTree};

use crate::error::{AtPath, Error, Result};
use crate::place::Place;

/// A piece of a source file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The file, relative to the repository, with `/` between its parts.
    pub(crate) file: String,
    /// The item, as it was asked for.
    pub(crate) item: String,
    /// The first and the last line, from 1.
    pub(crate) lines: (usize, usize),
    /// The lines, with the indentation that all of them share removed.
    pub(crate) text: String,
}

/// Which lines of an item to show.
#[derive(Debug, Default)]
pub(crate) struct Part<'a> {
    /// Begin at the line that holds this text.
    pub(crate) from: Option<&'a str>,
    /// End with the line that holds this text.
    pub(crate) to: Option<&'a str>,
    /// Leave the lines of documentation out.
    pub(crate) without_docs: bool,
    /// Only what is between the braces.
    pub(crate) body: bool,
}

/// The packages of a repository. Sources are read when first asked for.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    directories: BTreeMap<String, PathBuf>,
    trees: HashMap<String, SourceTree>,
    shown: BTreeSet<String>,
}

impl Sources {
    /// Finds the packages of the repository at `root`: one level down, and in
    /// `solutions/` and `tutorials/`.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let mut directories = BTreeMap::new();
        for parent in [
            root.to_path_buf(),
            root.join("solutions"),
            root.join("tutorials"),
        ] {
            for directory in subdirectories(&parent)? {
                let manifest = directory.join("Cargo.toml");
                if manifest.is_file() {
                    let text = std::fs::read_to_string(&manifest).at(&manifest)?;
                    if let Some(name) = package_name(&text) {
                        directories.insert(name.to_owned(), directory);
                    }
                }
            }
        }
        Ok(Self {
            root: root.to_path_buf(),
            directories,
            trees: HashMap::new(),
            shown: BTreeSet::new(),
        })
    }

    /// The files that captions lead to, relative to the repository.
    pub(crate) fn shown(&self) -> &BTreeSet<String> {
        &self.shown
    }

    /// Cuts an item, or a part of it.
    pub(crate) fn item(&mut self, package: &str, path: &str, part: &Part<'_>) -> Result<Cut> {
        let tree = self.tree(package)?;
        let found = tree
            .find(path)
            .map_err(|error| Error::Directive(error.to_string()))?;
        let text = tree.text(&found.file);
        let (file, item) = (found.file.clone(), path.to_owned());
        let mut range = whole_lines(text, found.item.clone());
        if part.body {
            let body = found.body.clone().ok_or_else(|| {
                Error::Directive(format!("`{path}` has no body: leave `part=\"body\"` out"))
            })?;
            range = between_braces(text, body);
        }
        if part.without_docs {
            range.start = after_docs(text, &range);
        }
        let range = narrow(text, range, part)?;
        let lines = (
            line_of(text, range.start),
            line_of(text, range.end.max(range.start + 1) - 1),
        );
        let text = dedent(&text[range]);
        let file = self.name(&file);
        Ok(Cut {
            file,
            item,
            lines,
            text,
        })
    }

    /// Cuts the n-th `text` block, from 1, of the documentation of a module or an item, and the
    /// paragraph after it.
    pub(crate) fn diagram(
        &mut self,
        package: &str,
        path: &str,
        block: usize,
    ) -> Result<(Cut, String)> {
        let tree = self.tree(package)?;
        let (file, from) = if path == "lib" {
            (tree.files()[0].path.clone(), 0)
        } else {
            let found = tree
                .find(path)
                .map_err(|error| Error::Directive(error.to_string()))?;
            match (found.kind, &found.module_file) {
                (Kind::Module, Some(file)) => (file.clone(), 0),
                _ => (found.file.clone(), found.item.start),
            }
        };
        let text = tree.text(&file);
        let first_line = line_of(text, from);
        let docs = doc_lines(&text[whole_lines(text, from..from).start..]);
        let (at, diagram) = text_blocks(&docs)
            .into_iter()
            .nth(block - 1)
            .ok_or_else(|| {
                Error::Directive(format!(
                    "the documentation of `{path}` has no ```text block number {block}"
                ))
            })?;
        let lines = (
            first_line + at,
            first_line + at + diagram.lines().count() - 1,
        );
        let after = paragraph(&docs[at + diagram.lines().count() + 1..]);
        let file = self.name(&file);
        let cut = Cut {
            file,
            item: path.to_owned(),
            lines,
            text: dedent(&diagram),
        };
        Ok((cut, after))
    }

    fn tree(&mut self, package: &str) -> Result<&SourceTree> {
        if !self.trees.contains_key(package) {
            let directory = self.directories.get(package).ok_or_else(|| {
                let names: Vec<&str> = self.directories.keys().map(String::as_str).collect();
                Error::Directive(format!(
                    "no package is called `{package}`; there are {}",
                    names.join(", ")
                ))
            })?;
            let tree = SourceTree::load_package(directory)
                .map_err(|error| Error::Directive(error.to_string()))?;
            self.trees.insert(package.to_owned(), tree);
        }
        Ok(&self.trees[package])
    }

    /// A file's name in the repository.
    fn name(&self, file: &Path) -> String {
        let relative = file.strip_prefix(&self.root).unwrap_or(file);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }

    /// Where a reader finds a cut, who is not to see the solution of `stage` yet.
    pub(crate) fn place(&mut self, cut: &Cut, stage: Option<&str>) -> Place {
        let place = stage
            .and_then(|stage| Place::in_exercise(&self.root, cut, stage))
            .unwrap_or_else(|| Place::of(cut));
        self.shown.insert(place.file.clone());
        place
    }
}

fn subdirectories(parent: &Path) -> Result<Vec<PathBuf>> {
    if !parent.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(parent).at(parent)? {
        found.push(entry.at(parent)?.path());
    }
    found.sort();
    Ok(found)
}

/// The name in the `[package]` table. Enough for manifests that Cargo has accepted.
fn package_name(manifest: &str) -> Option<&str> {
    let mut lines = manifest
        .lines()
        .skip_while(|line| line.trim() != "[package]")
        .skip(1);
    let line = lines.find(|line| {
        line.starts_with('[')
            || line
                .split('=')
                .next()
                .is_some_and(|key| key.trim() == "name")
    })?;
    line.split('"').nth(1)
}

fn line_of(text: &str, offset: usize) -> usize {
    ferrisdb_course::items::line_of(text, offset)
}

/// The range, widened to whole lines and without the last line break.
fn whole_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at);
    start..end
}

/// The whole lines between a `{` and its `}`.
fn between_braces(text: &str, body: Range<usize>) -> Range<usize> {
    let inner = &text[body.start + 1..body.end - 1];
    let trimmed = inner.trim();
    if trimmed.is_empty() {
        return body;
    }
    let start = body.start + 1 + (inner.len() - inner.trim_start().len());
    whole_lines(text, start..start + trimmed.len())
}

/// The first line of the range that is not documentation.
fn after_docs(text: &str, range: &Range<usize>) -> usize {
    let mut start = range.start;
    for line in text[range.clone()].split_inclusive('\n') {
        if !line.trim_start().starts_with("///") {
            break;
        }
        start += line.len();
    }
    start
}

/// Narrows to the lines from one unique text to another.
fn narrow(text: &str, range: Range<usize>, part: &Part<'_>) -> Result<Range<usize>> {
    let place = |wanted: &str| -> Result<Range<usize>> {
        let within = &text[range.clone()];
        let mut places = within.match_indices(wanted);
        match (places.next(), places.next()) {
            (Some((at, _)), None) => {
                let start = range.start + at;
                Ok(whole_lines(text, start..start + wanted.len()))
            }
            (None, _) => Err(Error::Directive(format!(
                "the item does not contain {wanted:?}"
            ))),
            _ => Err(Error::Directive(format!(
                "the item contains {wanted:?} more than once"
            ))),
        }
    };
    let start = part
        .from
        .map_or(Ok(range.start), |from| place(from).map(|line| line.start))?;
    let end = part
        .to
        .map_or(Ok(range.end), |to| place(to).map(|line| line.end))?;
    if start > end {
        return Err(Error::Directive("`to` stands before `from`".into()));
    }
    Ok(start..end)
}

/// Removes the indentation that all lines share.
pub(crate) fn dedent(text: &str) -> String {
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.get(indent..).unwrap_or(""))
        .collect();
    lines.join("\n")
}

/// The documentation at the start of a text, a line each, attributes in between left empty.
fn doc_lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim_start)
        .take_while(|line| {
            line.starts_with("//!") || line.starts_with("///") || line.starts_with("#[")
        })
        .map(|line| {
            let doc = line
                .strip_prefix("//!")
                .or_else(|| line.strip_prefix("///"))
                .unwrap_or("");
            doc.strip_prefix(' ').unwrap_or(doc)
        })
        .collect()
}

/// The first paragraph, its links to items made plain: they lead nowhere in a book.
fn paragraph(docs: &[&str]) -> String {
    let lines = docs.iter().skip_while(|line| line.is_empty());
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).copied().collect();
    lines.join("\n").replace("[`", "`").replace("`]", "`")
}

/// The ```` ```text ```` blocks, each with the number of lines before it.
fn text_blocks(docs: &[&str]) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Vec<&str>, bool)> = None;
    for (index, line) in docs.iter().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(info)) => open = Some((index + 1, Vec::new(), info.trim() == "text")),
            (Some(_), Some(_)) => {
                if let Some((at, lines, true)) = open.take() {
                    blocks.push((at, lines.join("\n")));
                }
            }
            (Some((_, lines, _)), None) => lines.push(line),
            (None, None) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> (tempfile::TempDir, Sources) {
        let directory = tempfile::tempdir().unwrap();
        let source = directory.path().join("solutions/01-small/src");
        std::fs::create_dir_all(&source).unwrap();
        let manifest = "[workspace]\n\n[package]\nversion = \"1\"\nname = \"small\"\n";
        std::fs::write(
            directory.path().join("solutions/01-small/Cargo.toml"),
            manifest,
        )
        .unwrap();
        let text = include_str!("../tests/fixtures/small.rs");
        std::fs::write(source.join("lib.rs"), text).unwrap();
        let sources = Sources::open(directory.path()).unwrap();
        (directory, sources)
    }

    #[test]
    fn an_item_is_cut_whole_and_without_its_indentation() {
        let (_directory, mut sources) = fixture();
        let cut = sources
            .item("small", "Store::get", &Part::default())
            .unwrap();
        assert_eq!(cut.file, "solutions/01-small/src/lib.rs");
        insta::assert_snapshot!(format!("{:?}\n{}", cut.lines, cut.text));
    }

    #[test]
    fn a_part_is_cut_by_whole_lines() {
        let (_directory, mut sources) = fixture();
        let part = Part {
            from: Some("let found"),
            to: Some("?;"),
            ..Part::default()
        };
        let cut = sources.item("small", "Store::get", &part).unwrap();
        assert_eq!(
            cut.text,
            "let found = self.entries.get(key);\nlet value = found?;"
        );
        let part = Part {
            body: true,
            ..Part::default()
        };
        let cut = sources.item("small", "Store::len", &part).unwrap();
        assert_eq!(cut.text, "self.entries.len()");
        let part = Part {
            without_docs: true,
            ..Part::default()
        };
        let cut = sources.item("small", "Store", &part).unwrap();
        assert!(
            cut.text.starts_with("#[derive(Debug)]\npub struct Store"),
            "{}",
            cut.text
        );
    }

    #[test]
    fn a_text_that_is_missing_or_stands_twice_is_an_error() {
        let (_directory, mut sources) = fixture();
        let mut problem = |from: &str, to: &str| {
            let part = Part {
                from: Some(from),
                to: Some(to),
                ..Part::default()
            };
            sources
                .item("small", "Store::get", &part)
                .unwrap_err()
                .to_string()
        };
        assert!(problem("let fond", "}").contains("does not contain \"let fond\""));
        assert!(problem("let ", "}").contains("more than once"));
        assert!(problem("let value", "let found").contains("before"));
    }

    #[test]
    fn a_misspelt_item_or_package_is_an_error_that_helps() {
        let (_directory, mut sources) = fixture();
        let error = sources
            .item("small", "Store::gett", &Part::default())
            .unwrap_err();
        assert!(error.to_string().contains("gett"), "{error}");
        let error = sources
            .item("smal", "Store::get", &Part::default())
            .unwrap_err();
        assert!(error.to_string().contains("there are small"), "{error}");
    }

    #[test]
    fn diagrams_come_from_documentation() {
        let (_directory, mut sources) = fixture();
        let (cut, after) = sources.diagram("small", "lib", 1).unwrap();
        assert_eq!(after, "");
        assert_eq!(cut.text, "key ──► value");
        assert_eq!(cut.lines, (4, 4));
        let (cut, after) = sources.diagram("small", "Store", 1).unwrap();
        assert_eq!(after, "See `Store::get`.\nIt is short.");
        assert_eq!(cut.text, "entries   the map\n\nnothing   else");
        let error = sources.diagram("small", "Store", 2).unwrap_err();
        assert!(
            error.to_string().contains("no ```text block number 2"),
            "{error}"
        );
    }
}
