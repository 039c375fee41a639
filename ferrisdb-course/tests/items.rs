//! The item finder: which item a path means, and which bytes it covers.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

use std::fs;
use std::path::Path;

use ferrisdb_course::Error;
use ferrisdb_course::items::SourceTree;

const SOURCE: &str = r"//! A crate.

/// Adds.
#[inline]
pub fn encode(a: u32) -> u32 {
    a + 1
}

pub struct Writer<'a, T> {
    inner: &'a [T],
}

impl<'a, T: Clone> Writer<'a, T>
where
    T: Default,
{
    /// Appends.
    pub fn append(&mut self, item: T) -> usize {
        let _ = item;
        1
    }

    pub const SIZE: usize = 4;
}

impl<T> Drop for Writer<'_, T> {
    fn drop(&mut self) {}
}

impl<T> Iterator for Writer<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        None
    }
}

pub struct Fault;

impl From<u8> for Fault {
    fn from(_: u8) -> Self {
        Fault
    }
}

impl From<std::io::Error> for Fault {
    fn from(_: std::io::Error) -> Self {
        Fault
    }
}

pub trait Count {
    fn count(&self) -> usize;

    fn twice(&self) -> usize {
        self.count() * 2
    }
}

mod inner {
    pub mod deeper {
        pub fn parse() {}

        pub fn encode() {}
    }

    pub fn parse() {}
}

#[cfg(test)]
mod tests {
    fn append() {}

    fn helper() {}
}
";

fn tree() -> SourceTree {
    SourceTree::parse(SOURCE, Path::new("lib.rs")).unwrap()
}

/// The text of the one item a path means.
fn text(path: &str) -> String {
    let tree = tree();
    let found = tree
        .find(path)
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    tree.item_text(found).to_owned()
}

fn full_path(path: &str) -> String {
    tree().find(path).unwrap().path.clone()
}

#[test]
fn an_item_includes_its_documentation_and_attributes() {
    assert!(text("encode").starts_with("/// Adds.\n#[inline]\npub fn encode"));
    assert!(text("encode").ends_with("a + 1\n}"));
}

#[test]
fn the_body_runs_from_brace_to_brace() {
    let tree = tree();
    let found = tree.find("Writer::append").unwrap();
    let body = &SOURCE[found.body.clone().unwrap()];
    assert_eq!(body, "{\n        let _ = item;\n        1\n    }");
}

#[test]
fn generics_are_no_part_of_a_path() {
    assert_eq!(full_path("Writer::append"), "Writer::append");
    assert!(text("Writer::SIZE").contains("usize = 4"));
}

#[test]
fn methods_of_traits_are_found_by_type_and_trait() {
    assert_eq!(
        full_path("<Writer as Drop>::drop"),
        "<Writer as Drop>::drop"
    );
    assert!(text("<Writer as Iterator>::next").contains("Option<T>"));
    assert!(text("<Writer as Iterator>::Item").contains("type Item = T;"));
    assert_eq!(full_path("Writer::next"), "<Writer as Iterator>::next");
}

#[test]
fn two_implementations_of_one_trait_are_told_apart_by_its_arguments() {
    assert!(text("<Fault as From<u8>>::from").contains("_: u8"));
    assert!(text("< Fault as  From<std::io::Error> >::from").contains("_: std::io::Error"));
    let error = tree().find("<Fault as From>::from").unwrap_err();
    assert!(matches!(error, Error::ItemAmbiguous { .. }), "{error}");
}

#[test]
fn a_whole_implementation_can_be_named() {
    assert!(text("impl Drop for Writer").starts_with("impl<T> Drop for Writer"));
    assert!(text("impl Writer").contains("fn append"));
}

#[test]
fn a_trait_and_its_provided_methods_are_items() {
    assert!(text("Count").starts_with("pub trait Count"));
    assert!(text("Count::twice").contains("* 2"));
    assert!(tree().find("Count::count").unwrap().body.is_none());
}

#[test]
fn an_exact_path_wins_over_a_longer_one() {
    assert_eq!(full_path("encode"), "encode");
    assert_eq!(full_path("deeper::encode"), "inner::deeper::encode");
}

#[test]
fn a_suffix_that_fits_two_items_names_both() {
    let error = tree().find("parse").unwrap_err();
    let message = error.to_string();
    assert!(message.contains("inner::parse"), "{message}");
    assert!(message.contains("inner::deeper::parse"), "{message}");
}

#[test]
fn a_helper_in_the_tests_makes_no_name_ambiguous() {
    assert_eq!(full_path("append"), "Writer::append");
    assert_eq!(full_path("helper"), "tests::helper");
}

#[test]
fn a_misspelt_item_is_answered_with_its_neighbours() {
    let message = tree().find("Writer::apend").unwrap_err().to_string();
    assert!(message.contains("near it are Writer::append"), "{message}");
}

#[test]
fn files_of_modules_are_followed() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path();
    let write = |path: &str, text: &str| {
        let path = source.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "lib.rs",
        "mod flat;\nmod nested;\nmod inline { mod child; }\n#[path = \"odd.rs\"]\nmod other;",
    );
    write("flat.rs", "mod below;\npub fn one() {}");
    write("flat/below.rs", "pub fn two() {}");
    write("nested/mod.rs", "mod below;\npub fn three() {}");
    write("nested/below.rs", "pub fn four() {}");
    write("inline/child.rs", "pub fn five() {}");
    write("odd.rs", "pub fn six() {}\r\n");
    let tree = SourceTree::load(source).unwrap();
    for (name, path, file) in [
        ("one", "flat::one", "flat.rs"),
        ("two", "flat::below::two", "flat/below.rs"),
        ("three", "nested::three", "nested/mod.rs"),
        ("four", "nested::below::four", "nested/below.rs"),
        ("five", "inline::child::five", "inline/child.rs"),
        ("six", "other::six", "odd.rs"),
    ] {
        let found = tree.find(name).unwrap();
        assert_eq!(found.path, path);
        assert!(found.file.ends_with(file), "{}", found.file.display());
    }
}

#[test]
fn a_module_without_a_file_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("lib.rs"), "mod gone;").unwrap();
    let message = SourceTree::load(directory.path()).unwrap_err().to_string();
    assert!(message.contains("`mod gone;`"), "{message}");
    assert!(message.contains("gone.rs"), "{message}");
}

#[test]
fn a_file_that_does_not_parse_is_an_error_with_its_line() {
    let error = SourceTree::parse("fn good() {}\nfn bad( {}\n", Path::new("src/lib.rs"));
    let message = error.unwrap_err().to_string();
    assert!(message.starts_with("src/lib.rs:2:"), "{message}");
}
