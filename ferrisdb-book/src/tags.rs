//! Reads HTML as far as the check needs it: tags, their attributes, and text.
//!
//! mdBook writes well-formed HTML, so a reader of tags is enough; scripts, styles and comments
//! are skipped.

/// A tag with its attributes, their values unescaped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Open(Tag),
    Close(String),
    Text(String),
}

/// All pieces of a page, in order.
pub(crate) fn tokens(html: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (text, markup) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !text.trim().is_empty() {
            found.push(Token::Text(unescape(text)));
        }
        rest = if let Some(comment) = markup.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if let Some(name) = markup.strip_prefix("</") {
            let (name, after) = name.split_once('>').unwrap_or((name, ""));
            found.push(Token::Close(name.trim().to_ascii_lowercase()));
            after
        } else if let Some((tag, after)) = open(markup) {
            let raw = matches!(tag.name.as_str(), "script" | "style");
            let end = format!("</{}", tag.name);
            found.push(Token::Open(tag));
            if raw {
                after.find(&end).map_or("", |at| &after[at..])
            } else {
                after
            }
        } else {
            markup.get(1..).unwrap_or("")
        };
    }
    found
}

/// An opening tag and what follows it.
fn open(markup: &str) -> Option<(Tag, &str)> {
    let inner = markup.strip_prefix('<')?;
    let size = inner
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .unwrap_or(inner.len());
    let name = inner[..size].to_ascii_lowercase();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = Vec::new();
    let mut rest = &inner[size..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((Tag { name, attributes }, after));
        }
        let size = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c))?;
        if size == 0 {
            return None;
        }
        let key = rest[..size].to_ascii_lowercase();
        rest = rest[size..].trim_start();
        let value = if let Some(after) = rest.strip_prefix('=') {
            let (value, after) = value(after.trim_start())?;
            rest = after;
            value
        } else {
            String::new()
        };
        attributes.push((key, value));
    }
}

/// An attribute's value, quoted or not, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next()?;
    if matches!(quote, '"' | '\'') {
        let (value, after) = text[1..].split_once(quote)?;
        Some((unescape(value), after))
    } else {
        let size = text.find(|c: char| c.is_whitespace() || c == '>')?;
        Some((unescape(&text[..size]), &text[size..]))
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#123;", "{")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_text_are_told_apart() {
        let html = "<!-- <a> --><a href='x?a=1&amp;b' checked class=c>T &lt; U</a><script>if (a<b) {}</script><br/>";
        let found = tokens(html);
        let Token::Open(tag) = &found[0] else {
            panic!("{found:?}")
        };
        assert_eq!(tag.attribute("href"), Some("x?a=1&b"));
        assert_eq!(tag.attribute("checked"), Some(""));
        assert_eq!(tag.attribute("class"), Some("c"));
        assert_eq!(found[1], Token::Text("T < U".into()));
        assert_eq!(found[2], Token::Close("a".into()));
        assert_eq!(
            found[4],
            Token::Close("script".into()),
            "what a script says is no markup"
        );
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn a_lone_angle_bracket_is_no_tag() {
        assert_eq!(tokens("a < b").len(), 2);
        assert!(tokens("<").is_empty());
        assert!(
            tokens("<a href=")
                .iter()
                .all(|token| matches!(token, Token::Text(_)))
        );
    }
}
