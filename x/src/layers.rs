//! `cargo x layers`: that imports point down only, and that what must not be in the code is not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, TokenStream, TokenTree};
use serde::Deserialize;

use super::program;
use super::report::{Findings, count};
use ferrisdb_course::course::Course;
use ferrisdb_course::error::{Error, IoContext, Result, read_text};
use ferrisdb_course::items::{Found, Kind, SourceTree};

/// The engine from the bottom up; a crate may use those of the rows above its own.
const LAYERS: &[&[&str]] = &[
    &["ferrisdb-core"],
    &["ferrisdb-format"],
    &[
        "ferrisdb-wal",
        "ferrisdb-skiplist",
        "ferrisdb-block",
        "ferrisdb-merge",
    ],
    &["ferrisdb-memtable", "ferrisdb-sstable", "ferrisdb-manifest"],
    &["ferrisdb-compaction", "ferrisdb-engine"],
    &["ferrisdb-transaction"],
    &["ferrisdb-storage"],
    &["ferrisdb-workload"],
    &[
        "ferrisdb-protocol",
        "ferrisdb-replication",
        "ferrisdb-raft",
        "ferrisdb-cluster",
    ],
    &["ferrisdb-server", "ferrisdb-client"],
    &["ferrisdb"],
];

/// Crates beside the engine and what of this repository they may use.
const BESIDE: &[(&str, &[&str])] = &[
    ("kv-store", &[]),
    ("ferrisdb-testkit", &["ferrisdb-core", "kv-store"]),
    ("ferrisdb-course", &[]),
    ("ferrisdb-book", &["ferrisdb-course"]),
    ("ferrisdb-screen", &["ferrisdb-course"]),
    ("learn", &["ferrisdb-course"]),
    ("x", &["ferrisdb-course"]),
];

/// The crates that may hold `unsafe`, and in how many functions.
const UNSAFE: &[(&str, usize)] = &[("ferrisdb-format", 1), ("ferrisdb-skiplist", usize::MAX)];

/// Checks every package of the root workspace.
pub(super) fn check(course: &Course) -> Result<Findings> {
    let packages = packages(course)?;
    let mut findings = Findings::good(format!(
        "{} import downwards only",
        count(packages.len(), "crate")
    ));
    for package in &packages {
        imports(package, &packages, &mut findings);
        code(package, &mut findings)?;
    }
    examples(&packages, &mut findings);
    Ok(findings)
}

/// Cargo puts the examples of all packages into one folder, so two of one name overwrite each other.
fn examples(packages: &[Package], findings: &mut Findings) {
    let mut owners = BTreeMap::new();
    for package in packages {
        for target in &package.targets {
            if target.kind.iter().all(|kind| kind != "example") {
                continue;
            }
            if let Some(other) = owners.insert(&target.name, &package.name) {
                findings.problem(format!(
                    "{other} and {} both have an example `{}`; name one of them otherwise",
                    package.name, target.name
                ));
            }
        }
    }
}

/// A package as Cargo describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest_path: PathBuf,
    pub(super) dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    /// "lib", "bin", "example", "test", "bench", and others.
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// None for one of the crate itself, else "dev" or "build".
    pub(super) kind: Option<String>,
    /// Where it lies, if it is of this repository.
    pub(super) path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Every package of the root workspace.
pub(super) fn packages(course: &Course) -> Result<Vec<Package>> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1"];
    let ran = program::cargo(&course.root, arguments, &[])?;
    let failed = |message| Error::Program {
        program: "cargo metadata".to_owned(),
        message,
    };
    if !ran.success() {
        return Err(failed(ran.stderr));
    }
    let metadata: Metadata =
        serde_json::from_str(&ran.stdout).map_err(|error| failed(error.to_string()))?;
    Ok(metadata.packages)
}

/// The crates of this repository that a package's own code uses.
fn imports(package: &Package, packages: &[Package], findings: &mut Findings) {
    for dependency in &package.dependencies {
        let is_ours =
            dependency.path.is_some() && packages.iter().any(|other| other.name == dependency.name);
        // What tests use is of no consequence for the crates above.
        let is_for_tests = dependency.kind.as_deref() == Some("dev");
        if is_ours && !is_for_tests && !may_use(&package.name, &dependency.name) {
            findings.problem(format!(
                "{} must not depend on {}: imports point down only (the order is in {})",
                package.name,
                dependency.name,
                file!()
            ));
        }
    }
}

fn may_use(package: &str, dependency: &str) -> bool {
    if package.starts_with("tutorial-") {
        return dependency.starts_with("tutorial-");
    }
    if ["ferrisdb-bench", "ferrisdb-peers", "ferrisdb-trust"].contains(&package) {
        return true;
    }
    if let Some((_, allowed)) = BESIDE.iter().find(|(name, _)| *name == package) {
        return allowed.contains(&dependency);
    }
    match (layer(package), layer(dependency)) {
        (Some(above), Some(below)) => below < above,
        _ => false,
    }
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&name))
}

/// No `unsafe` where none is allowed, nothing unfinished in any crate.
fn code(package: &Package, findings: &mut Findings) -> Result<()> {
    let directory = package.manifest_path.parent().unwrap_or(Path::new(""));
    let mut files = Vec::new();
    rust_files(&directory.join("src"), &mut files)?;
    let mut places = Vec::new();
    for path in &files {
        let text = read_text(path)?;
        let Ok(tokens) = text.parse::<TokenStream>() else {
            findings.problem(format!("{}: not valid Rust", path.display()));
            continue;
        };
        let mut words = Vec::new();
        collect_words(tokens, &mut words);
        left_over(path, &words, findings);
        places.extend(unsafe_places(path, &text, &words)?);
    }
    let allowed = UNSAFE
        .iter()
        .find(|(name, _)| *name == package.name)
        .map_or(0, |(_, functions)| *functions);
    let functions: BTreeSet<_> = places.iter().map(|place| &place.function).collect();
    if functions.len() > allowed {
        for place in &places {
            findings.problem(format!(
                "{}:{}: `unsafe` in {}, where it is allowed in {}",
                place.path.display(),
                place.line,
                package.name,
                count(allowed, "function")
            ));
        }
    }
    Ok(())
}

/// Macros that stand for what is still to be written.
fn left_over(path: &Path, words: &[Word], findings: &mut Findings) {
    for word in words.iter().filter(|word| word.is_macro) {
        if ["todo", "unimplemented", "dbg"]
            .iter()
            .any(|name| word.ident == name)
        {
            let line = word.ident.span().start().line;
            findings.problem(format!(
                "{}:{line}: `{}!` is left over",
                path.display(),
                word.ident
            ));
        }
    }
}

/// Where the word `unsafe` stands.
struct Place {
    path: PathBuf,
    line: usize,
    function: String,
}

fn unsafe_places(path: &Path, text: &str, words: &[Word]) -> Result<Vec<Place>> {
    let found: Vec<_> = words.iter().filter(|word| word.ident == "unsafe").collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let tree = SourceTree::parse(text, path)?;
    let function = |at: usize| {
        let around = |item: &&Found| item.kind == Kind::Function && item.item.contains(&at);
        tree.items()
            .iter()
            .find(around)
            .map_or("outside of functions".to_owned(), |item| item.path.clone())
    };
    Ok(found
        .into_iter()
        .map(|word| Place {
            path: path.to_owned(),
            line: word.ident.span().start().line,
            function: function(word.ident.span().byte_range().start),
        })
        .collect())
}

/// A word of the code, and whether a `!` follows it.
struct Word {
    ident: Ident,
    is_macro: bool,
}

/// Every word of the code; comments and strings have none.
fn collect_words(tokens: TokenStream, words: &mut Vec<Word>) {
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Group(group) => collect_words(group.stream(), words),
            TokenTree::Ident(ident) => {
                let is_macro =
                    matches!(rest.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '!');
                words.push(Word { ident, is_macro });
            }
            _ => {}
        }
    }
}

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(directory).context("list", directory)? {
        let path = entry.context("list", directory)?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}
