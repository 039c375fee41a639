//! Finds `{{#name argument … option="text"}}` in a chapter.
//!
//! A directive stands alone on its line, because what replaces it is a block. Inside a code
//! fence, or after a backslash, it is text. Directives that mdBook knows itself are left alone.

use std::ops::Range;

use crate::error::{Error, Result};

/// The directives that this crate expands.
pub(crate) const OURS: [&str; 7] = ["doc", "item", "map", "minutes", "run", "snippet", "widget"];

/// The directives that mdBook expands after us.
const MDBOOK: [&str; 5] = [
    "include",
    "rustdoc_include",
    "playground",
    "playpen",
    "title",
];

/// One directive of a chapter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Directive {
    /// Where its line is in the chapter, without the line break.
    pub(crate) range: Range<usize>,
    /// The line's number, from 1.
    pub(crate) line: usize,
    /// The white space before it, which every line of its replacement gets too.
    pub(crate) indent: String,
    /// What stands between `{{#` and `}}`.
    pub(crate) text: String,
    /// The first word.
    pub(crate) name: String,
    /// The other words.
    pub(crate) arguments: Vec<String>,
    /// The `key="text"` pairs.
    pub(crate) options: Vec<(String, String)>,
}

impl Directive {
    /// The value of an option.
    pub(crate) fn option(&self, key: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Whether an option is given that can only have one value.
    pub(crate) fn choice(&self, key: &str, only: &str) -> Result<bool> {
        match self.option(key) {
            None => Ok(false),
            Some(value) if value == only => Ok(true),
            Some(_) => Err(Error::Directive(format!("`{key}` can only be \"{only}\""))),
        }
    }

    /// The arguments, if there are as many as the directive needs and every option is known.
    pub(crate) fn expect<const N: usize>(
        &self,
        usage: &str,
        options: &[&str],
    ) -> Result<[&str; N]> {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let arguments = arguments
            .try_into()
            .map_err(|_| Error::Directive(format!("expected `{{{{#{usage}}}}}`")))?;
        match self
            .options
            .iter()
            .find(|(key, _)| !options.contains(&key.as_str()))
        {
            Some((key, _)) => Err(Error::Directive(format!(
                "has no option `{key}`; expected `{{{{#{usage}}}}}`"
            ))),
            None => Ok(arguments),
        }
    }
}

/// All directives of a chapter, in order, each with what is wrong with it if it cannot be read.
pub(crate) fn find(chapter: &str) -> Vec<std::result::Result<Directive, (usize, String, Error)>> {
    let mut found = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut offset = 0;
    for (index, whole) in chapter.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        let range = offset..offset + line.len();
        offset += whole.len();
        match (&fence, Fence::of(line)) {
            (Some(open), Some(other)) if other.closes(open) => fence = None,
            (None, Some(open)) => fence = Some(open),
            (Some(_), _) => {}
            (None, None) => {
                if let Some(text) = candidate(line) {
                    let number = index + 1;
                    let parsed = parse(line, number, range);
                    found.push(parsed.map_err(|error| (number, text, error)));
                }
            }
        }
    }
    found
}

/// An opening or closing line of fenced code.
struct Fence {
    mark: char,
    size: usize,
    bare: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Fence> {
        let line = line.trim_start();
        let mark = line
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        let size = line.len() - rest.len();
        (size >= 3 && !(mark == '`' && rest.contains('`'))).then(|| Fence {
            mark,
            size,
            bare: rest.trim().is_empty(),
        })
    }

    fn closes(&self, open: &Fence) -> bool {
        self.mark == open.mark && self.size >= open.size && self.bare
    }
}

/// The first directive on the line that is not escaped and not mdBook's.
fn candidate(line: &str) -> Option<String> {
    line.match_indices("{{#").find_map(|(at, _)| {
        let text = &line[at + 3..];
        let name: String = text
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let escaped = line[..at].ends_with('\\');
        (!escaped && !MDBOOK.contains(&name.as_str()))
            .then(|| text.split("}}").next().unwrap_or(text).to_owned())
    })
}

fn parse(line: &str, number: usize, range: Range<usize>) -> Result<Directive> {
    let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    let text = line
        .trim()
        .strip_prefix("{{#")
        .and_then(|rest| rest.strip_suffix("}}"))
        .filter(|text| !text.contains("{{#"))
        .ok_or_else(|| {
            Error::Directive(
                "a directive stands alone on its line; write `\\{{#` to show one as text".into(),
            )
        })?;
    let mut words = words(text)?.into_iter();
    let name = match words.next() {
        Some(Word::Argument(name)) => name,
        _ => String::new(),
    };
    if !OURS.contains(&name.as_str()) {
        return Err(Error::Directive(format!(
            "no directive is called `{name}`; there are {}",
            OURS.join(", ")
        )));
    }
    let mut directive = Directive {
        range,
        line: number,
        indent,
        text: text.to_owned(),
        name,
        arguments: Vec::new(),
        options: Vec::new(),
    };
    for word in words {
        match word {
            Word::Argument(argument) => directive.arguments.push(argument),
            Word::Option(key, value) => directive.options.push((key, value)),
        }
    }
    Ok(directive)
}

enum Word {
    Argument(String),
    Option(String, String),
}

/// Splits at white space, but not inside quotes; `\"` is a quote and `\\` a backslash there.
fn words(text: &str) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if let Some(equals) = rest[..end].find("=\"") {
            let (value, after) = quoted(&rest[equals + 2..])?;
            words.push(Word::Option(rest[..equals].to_owned(), value));
            rest = after.trim_start();
        } else {
            words.push(Word::Argument(rest[..end].to_owned()));
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

/// The text up to the closing quote, and what follows it.
fn quoted(text: &str) -> Result<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    Err(Error::Directive(
        "a quoted text has no closing quote".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Directive {
        let mut found = find(text);
        assert_eq!(found.len(), 1, "expected one directive in {text:?}");
        found
            .remove(0)
            .unwrap_or_else(|(_, _, error)| panic!("{error}"))
    }

    fn problem(text: &str) -> String {
        let mut found = find(text);
        assert_eq!(found.len(), 1, "expected one directive in {text:?}");
        found
            .remove(0)
            .expect_err("this directive is wrong")
            .2
            .to_string()
    }

    #[test]
    fn a_directive_has_arguments_and_options() {
        let text =
            "a\n\n  {{#item ferrisdb-wal Writer::append from=\"let x\" to=\"a \\\"b\\\"\"}}\n";
        let directive = one(text);
        assert_eq!(directive.line, 3);
        assert_eq!(directive.indent, "  ");
        assert_eq!(directive.arguments, ["ferrisdb-wal", "Writer::append"]);
        assert_eq!(directive.option("from"), Some("let x"));
        assert_eq!(directive.option("to"), Some("a \"b\""));
        assert!(text[directive.range.clone()].ends_with("}}"));
    }

    #[test]
    fn inside_a_fence_or_after_a_backslash_it_is_text() {
        assert!(find("```text\n{{#item a b}}\n```\n").is_empty());
        assert!(find("~~~~\n```\n{{#item a b}}\n~~~~\n").is_empty());
        assert!(find("write \\{{#item a b}} in a chapter\n").is_empty());
        assert_eq!(
            find("```\n```\n{{#item a b}}\n").len(),
            1,
            "the fence is closed"
        );
    }

    #[test]
    fn directives_of_mdbook_are_left_alone() {
        assert!(find("{{#include other.md}}\n{{#title A}}\n").is_empty());
    }

    #[test]
    fn a_directive_within_a_line_is_an_error() {
        assert!(problem("see {{#item a b}}\n").contains("alone on its line"));
        assert!(problem("{{#item a b}} {{#item a c}}\n").contains("alone on its line"));
    }

    #[test]
    fn a_misspelt_directive_is_an_error() {
        assert!(problem("{{#itm a b}}\n").contains("no directive is called `itm`"));
    }

    #[test]
    fn an_open_quote_is_an_error() {
        assert!(problem("{{#item a b from=\"x}}\n").contains("closing quote"));
    }

    #[test]
    fn missing_arguments_and_unknown_options_are_errors() {
        let usage = "item PACKAGE PATH";
        let directive = one("{{#item a}}\n");
        let error = directive
            .expect::<2>(usage, &[])
            .expect_err("one argument is missing");
        assert_eq!(error.to_string(), "expected `{{#item PACKAGE PATH}}`");
        let directive = one("{{#item a b form=\"x\"}}\n");
        let error = directive
            .expect::<2>(usage, &["from"])
            .expect_err("`form` is misspelt");
        assert!(error.to_string().contains("no option `form`"));
    }
}
