//! A small book with every directive and every kind of block is built, checked and broken.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test may panic as the test may"
)]

use std::path::{Path, PathBuf};

use ferrisdb_book::{Error, Expander, Looked};

/// A repository in miniature: one crate, one chapter, the real theme and configuration.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let repository = Self(directory);
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in [
            "book.toml",
            "theme/book.css",
            "theme/widgets.css",
            "theme/widgets.js",
            "theme/widgets/hex.js",
            "theme/widgets/crash.js",
            "theme/widgets/towers.js",
            "theme/widgets/versions.js",
            "theme/widgets/block.js",
            "theme/widgets/table.js",
            "theme/widgets/merge.js",
            "theme/widgets/levels.js",
            "theme/widgets/engine.js",
            "theme/widgets/history.js",
            "theme/widgets/history.js",
        ] {
            let text = std::fs::read_to_string(real.join("book").join(file)).unwrap();
            repository.write(&format!("book/{file}"), &text);
        }
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        for (fixture, file) in [
            ("sampler.md", "book/src/sampler.md"),
            ("hex.json", "book/src/traces/hex.json"),
            ("crash.json", "book/src/traces/crash.json"),
            ("towers.json", "book/src/traces/towers.json"),
            ("versions.json", "book/src/traces/versions.json"),
            ("block.json", "book/src/traces/block.json"),
            ("table.json", "book/src/traces/table.json"),
            ("merge.json", "book/src/traces/merge.json"),
            ("levels.json", "book/src/traces/levels.json"),
            ("engine.json", "book/src/traces/engine.json"),
            ("history.json", "book/src/traces/history.json"),
            ("small.rs", "solutions/01-small/src/lib.rs"),
        ] {
            repository.write(
                file,
                &std::fs::read_to_string(fixtures.join(fixture)).unwrap(),
            );
        }
        repository.write(
            "solutions/01-small/Cargo.toml",
            "[package]\nname = \"small\"\n",
        );
        repository.write(
            "book/src/SUMMARY.md",
            "- [Sampler](sampler.md)\n- [Draft]()\n",
        );
        repository.write(
            "book/runs/hello.txt",
            "$ cargo run hello\nhello\n\n<world>\n[exit 1]\n",
        );
        repository.write("book/snippets/02/endian.py", "print(\"2a 00\")\n");
        repository.write("book/snippets/02/endian.out", "2a 00\n");
        repository
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn build(&self) -> Result<PathBuf, Error> {
        ferrisdb_book::build(self.root())
    }

    fn page(&self, name: &str) -> String {
        std::fs::read_to_string(self.root().join("book/html").join(name)).unwrap()
    }
}

#[test]
fn a_book_with_every_directive_builds_and_passes_the_check() {
    let repository = Repository::new();
    let html = repository.build().unwrap();
    assert_eq!(
        ferrisdb_book::find_root(&repository.root().join("book/src")).unwrap(),
        repository.root()
    );
    let page = repository.page("sampler.html");
    for part in [
        "<figure class=\"map\">",
        "you are here",
        "<a href=\"code/solutions/01-small/src/lib.rs.html#L27-L32\">",
        "&lt;world&gt;",
        "<span class=\"exit\">[exit 1]</span>",
        "<p class=\"minutes\">12 minutes</p>",
        "<script type=\"application/json\">",
        "Each of the 512 bits was flipped alone.",
        "Not a directive: <code>{{#item small Store}}</code>",
    ] {
        assert!(page.contains(part), "the page has no {part}");
    }
    assert!(
        !page.contains("play.rust-lang.org"),
        "a listing must not be sent to a server"
    );
    let source = repository.page("code/solutions/01-small/src/lib.rs.html");
    assert!(
        source.contains("id=\"L27\""),
        "the page of a source file has a line for each"
    );
    ferrisdb_book::check(repository.root(), &html).unwrap();
}

#[test]
fn the_widgets_can_be_inlined_into_a_page() {
    let repository = Repository::new();
    let theme = repository.root().join("book/theme");
    let own = std::fs::read_dir(theme.join("widgets")).unwrap();
    let scripts = own
        .map(|entry| entry.unwrap().path())
        .chain([theme.join("widgets.js")]);
    for script in scripts {
        let text = std::fs::read_to_string(&script).unwrap();
        assert!(
            !text.contains("</script"),
            "{}: even in a comment it would end the page's script",
            script.display()
        );
    }
}

#[test]
fn every_widget_says_the_same_without_javascript() {
    let repository = Repository::new();
    repository.build().unwrap();
    let page = repository.page("sampler.html");
    for part in [
        "level 0: the whole key of cherry @2: stop",
        "level 1: date @6 now links to fig @12, by compare-and-swap",
        "writer 2: apple's link = cherry (a walk from the head sees: apple, cherry, date)",
        "<td>apple: deleted, banana: yellow, cherry: dark red, date: nothing</td>",
        "restarts 0 to 2: number 1, banana @7, is before the target",
        "maybe; a false positive",
        "found in the cache, data 2: nothing is read",
        "<td>level 0 is full: 2 tables go to level 1</td><td>0, 2, 0</td>",
        "<td>levelled</td><td>1.6</td><td>1.2</td><td>3</td>",
        "<li>written: batch @8, 40 bytes</li>",
        "<li>result: red</li>",
    ] {
        assert!(page.contains(part), "the page has no {part}");
    }
}

/// A widget, what its trace says, what it is made to say, and how that is complained of.
const CONTRADICTIONS: &[(&str, &str, &str, &str)] = &[
    ("towers", "\"links\":[1,2]", "\"links\":[1]", "node 0"),
    ("towers", "\"found\":4", "\"found\":40", "get cherry"),
    ("towers", "\"thread\":2", "\"thread\":3", "names a thread"),
    ("versions", "\"as_of\":3,", "\"as_of\":33,", "as of 3"),
    (
        "versions",
        "\"timestamp\":12",
        "\"timestamp\":13",
        "later than now",
    ),
    (
        "block",
        "\"value size\",\"03\"",
        "\"value size\",\"03 00\"",
        "offset",
    ),
    (
        "block",
        "\"answer\":false",
        "\"answer\":true",
        "its bits say",
    ),
    ("table", "\"offset\":64}", "\"offset\":65}", "block 1"),
    (
        "table",
        "\"what\":\"hit\"",
        "\"what\":\"read\"",
        "has bytes",
    ),
    (
        "merge",
        "\"shown\":[1,0]",
        "\"shown\":[1,4]",
        "names a version",
    ),
    (
        "merge",
        "\"timestamp\":9",
        "\"timestamp\":9},{\"key\":\"a\",\"timestamp\":1",
        "not in order",
    ),
    (
        "levels",
        "\"remove\":[4]",
        "\"remove\":[9]",
        "table 9 is not",
    ),
    ("levels", "[1,4,46,99,9]", "[1,4,46,100,9]", "46 to 100"),
    (
        "engine",
        "\"at\":[\"table3\"]",
        "\"at\":[\"table4\"]",
        "no part `table4`",
    ),
    (
        "engine",
        "\"state\":{\"published\":8}",
        "\"state\":{\"published\":6,\"watermark\":6}",
        "goes back",
    ),
    ("history", "\"found\":2", "\"found\":3", "version 3 of 3"),
];

#[test]
fn a_trace_that_contradicts_itself_fails_the_build() {
    for (kind, old, new, said) in CONTRADICTIONS {
        let repository = Repository::new();
        let file = format!("book/src/traces/{kind}.json");
        let trace = std::fs::read_to_string(repository.root().join(&file)).unwrap();
        assert!(trace.contains(old), "{kind} has no {old}");
        repository.write(&file, &trace.replacen(old, new, 1));
        let chapter = format!("# A\n\n{{{{#widget {kind} traces/{kind}.json}}}}\n");
        repository.write("book/src/sampler.md", &chapter);
        let error = repository.build().expect_err("the trace is wrong");
        assert!(error.to_string().contains(said), "{kind}: {error}");
    }
}

/// Set `BOOK_PICTURES` to a folder to get pictures of the sample book.
#[test]
fn every_widget_reacts_in_a_browser() {
    let repository = Repository::new();
    let html = repository.build().unwrap();
    // The first chapter a second time.
    std::fs::remove_file(html.join("index.html")).unwrap();
    let pictures = std::env::var_os("BOOK_PICTURES").map(PathBuf::from);
    match ferrisdb_book::browse(&html, pictures.as_deref()).unwrap() {
        Looked::At { widgets, .. } => assert_eq!(widgets, 10),
        _ => eprintln!("skipped: no browser is installed"),
    }
}

#[test]
fn the_expanded_chapter_is_as_reviewed() {
    let repository = Repository::new();
    let mut expander = Expander::open(repository.root(), true).unwrap();
    let chapter = "{{#item small Store::get}}\n\n- x\n\n  {{#item small Store::len part=\"body\"}}\n\n\
                   {{#doc small Store prose=\"yes\"}}\n\n{{#run hello}}\n\n{{#snippet 02/endian.py}}\n";
    insta::assert_snapshot!(expander.chapter("c.md", 1, chapter).unwrap());
    let shown: Vec<&str> = expander.shown().collect();
    assert_eq!(shown, ["solutions/01-small/src/lib.rs"]);
}

#[test]
fn captions_lead_to_the_exercise_until_the_chapter_compares() {
    let repository = Repository::new();
    let solution = std::fs::read_to_string(repository.root().join("solutions/01-small/src/lib.rs"));
    let mut exercise = String::from("//! The exercise.\n");
    exercise += &solution.unwrap().replace("self.entries.len()", "todo!()");
    repository.write("exercises/01-small/src/lib.rs", &exercise);
    let mut expander = Expander::open(repository.root(), true).unwrap();
    let chapter = "{{#item small Store::get}}\n\n{{#doc small Store}}\n\n{{#item small Store::len}}\n\n\
                   ## 10. Compare\n\n{{#item small Store::len}}\n";
    let text = expander
        .chapter("book/src/01-small.md", 0, chapter)
        .unwrap();
    let links: Vec<&str> = text
        .split("href=\"code/")
        .skip(1)
        .map(|link| link.split('"').next().unwrap())
        .collect();
    assert_eq!(links.len(), 4);
    assert!(
        links[0].starts_with("exercises/01-small/src/lib.rs.html#L"),
        "{links:?}"
    );
    assert!(
        links[1].starts_with("exercises/01-small/src/lib.rs.html#L"),
        "{links:?}"
    );
    assert_eq!(links[2], "exercises/01-small/src/lib.rs.html");
    assert!(
        links[3].starts_with("solutions/01-small/src/lib.rs.html#L"),
        "{links:?}"
    );
    let page = expander
        .chapter("book/src/file-formats.md", 0, chapter)
        .unwrap();
    assert!(!page.contains("exercises/"), "no chapter of that stage");
}

#[test]
fn every_mistake_of_a_chapter_fails_the_build_with_its_line() {
    let repository = Repository::new();
    let chapter = "# A\n\n{{#item small Store::gett}}\n\n{{#run none}}\n\n{{#widget hex traces/crash.json}}\n\n{{#map 17}}\n";
    repository.write("book/src/sampler.md", chapter);
    let Err(Error::Directives { problems }) = repository.build() else {
        panic!("the build must fail");
    };
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert!(
        problems[0].starts_with("book/src/sampler.md:3: {{#item small Store::gett}}: "),
        "{}",
        problems[0]
    );
    assert!(
        problems[1].contains(":5: ") && problems[1].contains("none.txt"),
        "{}",
        problems[1]
    );
    assert!(problems[2].contains("not a hex trace"), "{}", problems[2]);
    assert!(problems[3].contains("no stage `17`"), "{}", problems[3]);
}

#[test]
fn the_preprocessor_program_expands_without_links_to_pages_that_it_cannot_write() {
    let repository = Repository::new();
    let chapter = serde_json::json!({
        "name": "A", "content": "{{#item small Store::len}}\n", "number": null, "sub_items": [],
        "path": "a.md", "source_path": "a.md", "parent_names": []
    });
    let context = serde_json::json!({
        "root": repository.root().join("book"), "renderer": "html", "mdbook_version": "0.5.4",
        "config": { "book": { "src": "src" } }
    });
    let input = serde_json::json!([context, { "items": [{ "Chapter": chapter }] }]).to_string();
    let mut output = Vec::new();
    ferrisdb_book::preprocess(input.as_bytes(), &mut output).unwrap();
    let output: serde_json::Value = serde_json::from_slice(&output).unwrap();
    let text = output["items"][0]["Chapter"]["content"].as_str().unwrap();
    assert!(text.contains("self.entries.len()"), "{text}");
    assert!(!text.contains("href"), "{text}");
}

#[test]
fn snippets_are_run_and_compared() {
    let repository = Repository::new();
    let mut said = Vec::new();
    ferrisdb_book::run_snippets(repository.root(), &mut |line| said.push(line)).unwrap();
    assert_eq!(said.len(), 1, "{said:?}");
    if said[0].starts_with("ok") {
        repository.write("book/snippets/02/endian.out", "2a\n");
        let error = ferrisdb_book::run_snippets(repository.root(), &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("it printed\n2a 00"), "{error}");
    }
}
