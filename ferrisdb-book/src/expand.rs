//! From a directive to the Markdown and HTML that replace it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::directive::{self, Directive};
use crate::error::{AtPath, Error, Result};
use crate::html::{escape, fence, keep_hash_lines};
use crate::sources::{Cut, Part, Sources};
use crate::{map, pages, widget};

/// Expands the directives of a book's chapters.
#[derive(Debug)]
pub struct Expander {
    book: PathBuf,
    sources: Sources,
    chapters: map::Chapters,
    /// Whether captions link to the pages of [`pages`], which only [`crate::build`] writes.
    linked: bool,
}

impl Expander {
    /// An expander for the repository at `root`.
    pub fn open(root: &Path, linked: bool) -> Result<Self> {
        Ok(Self {
            chapters: map::chapters(&read(&root.join("book/src/SUMMARY.md"))?),
            book: root.join("book"),
            sources: Sources::open(root)?,
            linked,
        })
    }

    /// The source files of which the chapters showed something, relative to the repository.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        self.sources.shown().iter().map(String::as_str)
    }

    /// Expands all directives of a chapter. The name is for messages; `depth` is the number of
    /// folders between the chapter's page and the root of the book.
    pub fn chapter(
        &mut self,
        name: &str,
        depth: usize,
        text: &str,
    ) -> std::result::Result<String, Vec<String>> {
        let mut out = String::with_capacity(text.len());
        let mut problems = Vec::new();
        let mut copied = 0;
        let spoilers_from = line_of_compare(text);
        for found in directive::find(text) {
            let expanded = found.and_then(|directive| {
                let page = Page {
                    depth,
                    stage: stage_of(name).filter(|_| directive.line < spoilers_from),
                };
                let expanded = self.expand(&directive, page);
                expanded
                    .map(|block| (directive.range.clone(), indented(&block, &directive.indent)))
                    .map_err(|error| (directive.line, directive.text, error))
            });
            match expanded {
                Ok((range, block)) => {
                    out.push_str(&text[copied..range.start]);
                    out.push_str(&block);
                    copied = range.end;
                }
                Err((line, directive, error)) => {
                    problems.push(format!("{name}:{line}: {{{{#{directive}}}}}: {error}"));
                }
            }
        }
        out.push_str(&text[copied..]);
        if problems.is_empty() {
            Ok(out)
        } else {
            Err(problems)
        }
    }

    fn expand(&mut self, directive: &Directive, page: Page<'_>) -> Result<String> {
        match directive.name.as_str() {
            "doc" => self.doc(directive, page),
            "item" => self.item(directive, page),
            "map" => map::directive(directive, &self.chapters, &"../".repeat(page.depth)),
            "minutes" => minutes(directive),
            "run" => self.run(directive),
            "snippet" => self.snippet(directive),
            _ => self.widget(directive),
        }
    }

    fn item(&mut self, directive: &Directive, page: Page<'_>) -> Result<String> {
        let usage = "item PACKAGE PATH [from=\"…\"] [to=\"…\"] [part=\"body\"] [docs=\"no\"]";
        let [package, path] = directive.expect(usage, &["from", "to", "part", "docs"])?;
        let part = Part {
            from: directive.option("from"),
            to: directive.option("to"),
            body: directive.choice("part", "body")?,
            without_docs: directive.choice("docs", "no")?,
        };
        let cut = self.sources.item(package, path, &part)?;
        Ok(self.listing(&cut, "rust,noplayground", &keep_hash_lines(&cut.text), page))
    }

    fn doc(&mut self, directive: &Directive, page: Page<'_>) -> Result<String> {
        let [package, path] = directive.expect(
            "doc PACKAGE PATH [block=\"1\"] [prose=\"yes\"]",
            &["block", "prose"],
        )?;
        let block = directive.option("block").unwrap_or("1");
        let block = block
            .parse()
            .ok()
            .filter(|block| *block > 0)
            .ok_or_else(|| Error::Directive("`block` is a number from 1".into()))?;
        let (cut, after) = self.sources.diagram(package, path, block)?;
        let listing = self.listing(&cut, "text", &cut.text, page);
        let prose = directive.choice("prose", "yes")?;
        Ok(if prose {
            format!("{listing}\n\n{after}")
        } else {
            listing
        })
    }

    /// A captioned block of code.
    fn listing(&mut self, cut: &Cut, language: &str, text: &str, page: Page<'_>) -> String {
        let place = self.sources.place(cut, page.stage);
        let path = match place.file.rsplit_once('/') {
            Some((folder, name)) => format!("{}/<b>{}</b>", escape(folder), escape(name)),
            None => format!("<b>{}</b>", escape(&place.file)),
        };
        let path = if self.linked {
            let address = pages::address(&place.file);
            let lines = place
                .lines
                .map_or(String::new(), |(first, last)| format!("#L{first}-L{last}"));
            format!(
                "<a href=\"{}{address}{lines}\">{path}</a>",
                "../".repeat(page.depth)
            )
        } else {
            format!("<span>{path}</span>")
        };
        let fence = fence(text);
        let item = escape(&cut.item);
        format!(
            "<figure class=\"listing\">\n<figcaption>{path}<span class=\"item\">{item}</span></figcaption>\n\n\
             {fence}{language}\n{text}\n{fence}\n\n</figure>"
        )
    }

    fn run(&self, directive: &Directive) -> Result<String> {
        let [name] = directive.expect("run NAME", &[])?;
        let path = self.book.join("runs").join(format!("{name}.txt"));
        let recording = read(&path)?;
        let (command, output) = recording.split_once('\n').unwrap_or((&recording, ""));
        if !command.starts_with("$ ") {
            return Err(Error::Directive(format!(
                "the first line of {} is not `$ COMMAND`",
                path.display()
            )));
        }
        let mut out = String::from("<figure class=\"run\">\n<pre><code class=\"nohighlight\">");
        let _ = write!(out, "<span class=\"command\">{}</span>", escape(command));
        for line in output.trim_end().lines() {
            let line = html_line(line);
            out.push('\n');
            if line.starts_with("[exit ") {
                let _ = write!(out, "<span class=\"exit\">{line}</span>");
            } else {
                out.push_str(&line);
            }
        }
        out.push_str("</code></pre>\n</figure>");
        Ok(out)
    }

    fn snippet(&self, directive: &Directive) -> Result<String> {
        let [name] = directive.expect("snippet NN/FILE", &[])?;
        let path = self.book.join("snippets").join(name);
        let code = read(&path)?;
        let output = crate::snippets::expected_output(&path)
            .ok_or_else(|| Error::Directive(format!("no expected output beside {name}")))?;
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or("");
        let language = crate::snippets::language(extension)
            .ok_or_else(|| Error::Directive(format!("no language is known for `.{extension}`")))?;
        let (code, output) = (code.trim_end(), read(&output)?);
        let shown: Vec<String> = output.trim_end().lines().map(html_line).collect();
        let (fence, shown) = (fence(code), shown.join("\n"));
        Ok(format!(
            "<figure class=\"listing snippet\">\n<figcaption><span>book/snippets/<b>{name}</b></span>\
             <span class=\"item\">{language}</span></figcaption>\n\n\
             {fence}{class}\n{code}\n{fence}\n\n\
             <pre class=\"output\"><code class=\"nohighlight\">{shown}</code></pre>\n</figure>",
            name = escape(name),
            class = language.to_lowercase(),
        ))
    }

    fn widget(&self, directive: &Directive) -> Result<String> {
        let [kind, name] = directive.expect("widget KIND TRACE", &[])?;
        let path = self.book.join("src").join(name);
        widget::html(kind, &read(&path)?)
            .map_err(|error| Error::Directive(format!("{}: {error}", path.display())))
    }
}

/// Where a directive stands.
#[derive(Debug, Clone, Copy)]
struct Page<'a> {
    /// The number of folders between the chapter's page and the root of the book.
    depth: usize,
    /// The stage whose solution the reader is not to see yet.
    stage: Option<&'a str>,
}

/// The stage that a chapter is about: its file is called as the stage is.
fn stage_of(chapter: &str) -> Option<&str> {
    let name = chapter.rsplit('/').next()?.strip_suffix(".md")?;
    name.starts_with(|first: char| first.is_ascii_digit())
        .then_some(name)
}

/// The line, from 1, of the section that compares with the solution; behind the end if there is none.
fn line_of_compare(text: &str) -> usize {
    let is_heading = |line: &str| line.starts_with("## ") && line.trim_end().ends_with("Compare");
    text.lines()
        .position(is_heading)
        .map_or(usize::MAX, |index| index + 1)
}

fn minutes(directive: &Directive) -> Result<String> {
    let [minutes] = directive.expect("minutes NUMBER", &[])?;
    let count: u16 = minutes
        .parse()
        .map_err(|_| Error::Directive(format!("`{minutes}` is not a number of minutes")))?;
    let unit = if count == 1 { "minute" } else { "minutes" };
    Ok(format!("<p class=\"minutes\">{count} {unit}</p>"))
}

/// A line of output as HTML. An empty line would end the HTML block in Markdown.
fn html_line(line: &str) -> String {
    if line.trim().is_empty() {
        "<span></span>".to_owned()
    } else {
        escape(line)
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .at(path)
        .map(|text| text.replace("\r\n", "\n"))
}

fn indented(block: &str, indent: &str) -> String {
    if indent.is_empty() {
        return block.to_owned();
    }
    let lines: Vec<String> = block
        .lines()
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("{indent}{line}")
            }
        })
        .collect();
    lines.join("\n")
}
