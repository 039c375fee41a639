//! Checks the built book: links, anchors, leftovers of directives, and what pages would fetch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::{AtPath, Error, Result};
use crate::tags::{Tag, Token, tokens};

/// Folders of the repository whose files the chapters name.
const FOLDERS: [&str; 9] = [
    "book/",
    "exercises/",
    "solutions/",
    "tutorials/",
    "ferrisdb-core/",
    "ferrisdb-course/",
    "ferrisdb-storage/",
    "ferrisdb-testkit/",
    "ferrisdb-bench/",
];

/// What the check needs to know of a page.
#[derive(Debug, Default)]
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<String>,
    fetched: Vec<String>,
    /// Texts of inline code.
    code: Vec<String>,
    leftovers: Vec<String>,
}

/// The pages by their address.
type Pages = BTreeMap<String, Page>;

/// What the check looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Pages of HTML.
    pub pages: usize,
    /// Links inside the book that lead somewhere.
    pub links: usize,
    /// Links to elsewhere, of which only the form was looked at.
    pub external: usize,
}

/// Checks the book in `html`, built from the repository at `root`.
pub fn check(root: &Path, html: &Path) -> Result<Checked> {
    let mut files = Vec::new();
    collect(html, &mut files)?;
    let mut pages = Pages::new();
    let mut problems = Vec::new();
    for file in files {
        let name = relative(html, &file);
        let text = || std::fs::read_to_string(&file).at(&file);
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("html") => {
                pages.insert(name, read(&text()?));
            }
            Some("css") => {
                let text = text()?;
                problems.extend(style_fetches(&text).map(|url| format!("{name}: asks for {url}")));
            }
            _ => {}
        }
    }
    if pages.is_empty() {
        problems.push(format!(
            "{}: there are no pages; build the book first",
            html.display()
        ));
    }
    let mut checked = Checked {
        pages: pages.len(),
        links: 0,
        external: 0,
    };
    for (name, page) in &pages {
        let mut found = check_links(html, &pages, name, &mut checked);
        found.extend(check_fetches(html, &pages, name));
        found.extend(
            page.leftovers
                .iter()
                .map(|text| format!("was not expanded: {text}")),
        );
        // The print page says everything again.
        if name != "print.html" && !name.starts_with("code/") {
            let missing = missing_files(root, page);
            found.extend(missing.map(|path| format!("names {path}, which is not there")));
        }
        problems.extend(found.into_iter().map(|text| format!("{name}: {text}")));
    }
    if problems.is_empty() {
        Ok(checked)
    } else {
        Err(Error::Check { problems })
    }
}

/// What is wrong with the links of a page; counts those that are right.
fn check_links(html: &Path, pages: &Pages, name: &str, checked: &mut Checked) -> Vec<String> {
    let mut problems = Vec::new();
    for link in &pages[name].links {
        match classify(link) {
            Link::External => checked.external += 1,
            Link::Malformed(why) => problems.push(format!("the link {link:?} {why}")),
            Link::Inside => match resolve(html, pages, name, link) {
                Ok(()) => checked.links += 1,
                Err(why) => problems.push(format!("the link {link:?} leads nowhere: {why}")),
            },
        }
    }
    problems
}

/// What is wrong with the files that a page needs.
fn check_fetches(html: &Path, pages: &Pages, name: &str) -> Vec<String> {
    let needed = pages[name]
        .fetched
        .iter()
        .filter(|url| !url.starts_with("data:"));
    let problem = |url: &String| match classify(url) {
        Link::Inside => {
            let why = resolve(html, pages, name, url).err()?;
            Some(format!("needs {url:?}: {why}"))
        }
        _ => Some(format!("asks for {url} from outside of the book")),
    };
    needed.filter_map(problem).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn relative(html: &Path, file: &Path) -> String {
    let parts = file.strip_prefix(html).unwrap_or(file);
    let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Reads a page's links, anchors and the rest.
fn read(text: &str) -> Page {
    let mut page = Page::default();
    let (mut pre, mut code) = (0_usize, None::<String>);
    for token in tokens(text) {
        match token {
            Token::Open(tag) => {
                note(&mut page, &tag);
                match tag.name.as_str() {
                    "pre" => pre += 1,
                    "code" if pre == 0 => code = Some(String::new()),
                    _ => {}
                }
            }
            Token::Close(name) => match name.as_str() {
                "pre" => pre = pre.saturating_sub(1),
                "code" => page.code.extend(code.take()),
                _ => {}
            },
            Token::Text(text) => {
                if let Some(code) = &mut code {
                    code.push_str(&text);
                } else if pre == 0
                    && let Some(at) = text.find("{{#")
                {
                    page.leftovers.push(text[at..].chars().take(60).collect());
                }
            }
        }
    }
    page
}

fn note(page: &mut Page, tag: &Tag) {
    for key in ["id", "name"] {
        if let Some(anchor) = tag.attribute(key) {
            page.anchors.insert(anchor.to_owned());
        }
    }
    let link = tag.attribute("href").or(tag.attribute("xlink:href"));
    let source = tag.attribute("src").or(tag.attribute("data"));
    match tag.name.as_str() {
        "link" | "image" | "use" => page.fetched.extend(link.map(str::to_owned)),
        "img" | "script" | "iframe" | "embed" | "object" | "audio" | "video" | "source" => {
            page.fetched.extend(source.map(str::to_owned));
        }
        _ => page.links.extend(link.map(str::to_owned)),
    }
}

enum Link {
    Inside,
    External,
    Malformed(&'static str),
}

fn classify(link: &str) -> Link {
    if link.starts_with("data:") || link.starts_with("mailto:") {
        return Link::External;
    }
    let Some((scheme, rest)) = link.split_once("://") else {
        return if link.contains(' ') {
            Link::Malformed("has a space in it")
        } else {
            Link::Inside
        };
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    match scheme {
        "http" | "https" if host.contains('.') && !link.contains(' ') => Link::External,
        "http" | "https" => Link::Malformed("is not an address"),
        _ => Link::Malformed("has a strange scheme"),
    }
}

fn resolve(html: &Path, pages: &Pages, from: &str, link: &str) -> std::result::Result<(), String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or("");
    let target = if path.is_empty() {
        from.to_owned()
    } else {
        joined(from, path)?
    };
    if !html.join(&target).exists() {
        return Err(format!("there is no {target}"));
    }
    // A listing's range of lines, `#L3-L9`, is read by the page's script.
    let anchor = if target.starts_with("code/") {
        anchor.split('-').next().unwrap_or("")
    } else {
        anchor
    };
    match pages.get(&target) {
        Some(page) if !anchor.is_empty() && !page.anchors.contains(anchor) => {
            Err(format!("{target} has no anchor `{anchor}`"))
        }
        _ => Ok(()),
    }
}

/// The path of a link, from the root of the book.
fn joined(from: &str, path: &str) -> std::result::Result<String, String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or_else(|| "it leaves the book".to_owned())?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Files that a page names in inline code and that the repository does not have. Names with a
/// placeholder in them are left alone.
fn missing_files<'a>(root: &'a Path, page: &'a Page) -> impl Iterator<Item = &'a str> {
    page.code.iter().map(String::as_str).filter(move |name| {
        let plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        let placeholder = name.contains("NN") || name.contains("NAME");
        let known = FOLDERS.iter().any(|folder| name.starts_with(folder));
        known
            && plain
            && !placeholder
            && !name.starts_with("book/html")
            && !root.join(name).exists()
    })
}

/// What a style sheet would fetch from outside of the book.
fn style_fetches(css: &str) -> impl Iterator<Item = &str> {
    css.match_indices("url(").filter_map(|(at, _)| {
        let url = css[at + 4..]
            .split(')')
            .next()?
            .trim_matches(['"', '\'', ' ']);
        (url.starts_with("http") || url.starts_with("//")).then_some(url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of a book with these pages, beside a repository with one file.
    fn problems(pages: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let html = root.path().join("book/html");
        for (name, text) in pages {
            let path = html.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        match check(root.path(), &html) {
            Ok(_) => Vec::new(),
            Err(Error::Check { problems }) => problems,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn good_links_pass() {
        let index = "<h1 id=\"a\"><a href=\"#a\">A</a></h1><a href=\"code/x.rs.html#L2-L3\">x</a>\
                     <a href=\"https://example.org/a?b#c\">y</a><img src=\"i.svg\">";
        let code = "<span id=\"L2\"></span><a href=\"../index.html#a\">up</a>";
        let pages = [
            ("index.html", index),
            ("code/x.rs.html", code),
            ("i.svg", "<svg/>"),
        ];
        assert_eq!(problems(&pages), Vec::<String>::new());
    }

    #[test]
    fn a_dead_link_or_anchor_is_found() {
        let found = problems(&[("index.html", "<a href=\"b.html\">b</a><a href='#c'>c</a>")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("there is no b.html"), "{found:?}");
        assert!(found[1].contains("no anchor `c`"), "{found:?}");
        let found = problems(&[(
            "index.html",
            "<a href=\"../../x\">b</a><a href=\"http:// x\">c</a>",
        )]);
        assert!(found[0].contains("leaves the book"), "{found:?}");
        assert!(found[1].contains("not an address"), "{found:?}");
    }

    #[test]
    fn what_a_page_would_fetch_from_outside_is_found() {
        let page =
            "<script src=\"https://example.org/a.js\"></script><link href=\"//example.org/a.css\">";
        let found = problems(&[
            ("index.html", page),
            ("a.css", "@import url(https://example.org)"),
        ]);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn leftovers_and_missing_files_are_found() {
        let page = "<p>{{#itm a}}</p><code>{{#item b}}</code><pre>{{#item c}}</pre>\
                    <code>solutions/09-x/src/lib.rs</code><code>exercises/NN-name</code>";
        let found = problems(&[("index.html", page)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].contains("was not expanded: {{#itm a}}"),
            "{found:?}"
        );
        assert!(
            found[1].contains("names solutions/09-x/src/lib.rs"),
            "{found:?}"
        );
    }
}
