//! As much of JSON as Cargo's messages and a lab's trace need: reading, nothing else.
//!
//! Written by hand, for a library and what it is built on would cost a learner's first build
//! several seconds.

use std::str::Chars;

/// Deeper than this nothing is nested that is meant well.
const DEPTH_MAX: usize = 100;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Flag(bool),
    /// A number as it is written.
    Number(String),
    /// A string without its quotes and escapes.
    Text(String),
    /// `[…]`
    List(Vec<Json>),
    /// `{…}`, in the order of the text.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text that is one value; nothing if it is not JSON.
    pub fn parse(text: &str) -> Option<Json> {
        let mut reader = Reader {
            rest: text.chars(),
            depth: 0,
        };
        let value = reader.value()?;
        reader.skip_space();
        reader.rest.as_str().is_empty().then_some(value)
    }

    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Map(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, of)| of),
            _ => None,
        }
    }

    /// The text of the field of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The values of a list; none of anything else.
    pub fn list(&self) -> &[Json] {
        match self {
            Self::List(values) => values,
            _ => &[],
        }
    }
}

/// What is left of the text.
struct Reader<'a> {
    rest: Chars<'a>,
    depth: usize,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        let trimmed = self
            .rest
            .as_str()
            .trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest = trimmed.chars();
    }

    /// Takes this text if it comes next.
    fn take(&mut self, text: &str) -> Option<()> {
        let rest = self.rest.as_str().strip_prefix(text)?;
        self.rest = rest.chars();
        Some(())
    }

    fn value(&mut self) -> Option<Json> {
        self.skip_space();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let value = match self.rest.as_str().chars().next()? {
            '{' => self.map()?,
            '[' => self.list()?,
            '"' => Json::Text(self.string()?),
            't' => self.take("true").map(|()| Json::Flag(true))?,
            'f' => self.take("false").map(|()| Json::Flag(false))?,
            'n' => self.take("null").map(|()| Json::Null)?,
            _ => self.number()?,
        };
        self.depth -= 1;
        Some(value)
    }

    fn map(&mut self) -> Option<Json> {
        let mut fields = Vec::new();
        self.take("{")?;
        self.skip_space();
        if self.take("}").is_some() {
            return Some(Json::Map(fields));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            self.skip_space();
            self.take(":")?;
            fields.push((key, self.value()?));
            self.skip_space();
            if self.take("}").is_some() {
                return Some(Json::Map(fields));
            }
            self.take(",")?;
        }
    }

    fn list(&mut self) -> Option<Json> {
        let mut values = Vec::new();
        self.take("[")?;
        self.skip_space();
        if self.take("]").is_some() {
            return Some(Json::List(values));
        }
        loop {
            values.push(self.value()?);
            self.skip_space();
            if self.take("]").is_some() {
                return Some(Json::List(values));
            }
            self.take(",")?;
        }
    }

    fn number(&mut self) -> Option<Json> {
        let text = self.rest.as_str();
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let size = text.find(|c| !is_part(c)).unwrap_or(text.len());
        text[..size].parse::<f64>().ok()?;
        self.rest = text[size..].chars();
        Some(Json::Number(text[..size].to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        self.take("\"")?;
        let mut out = String::new();
        loop {
            match self.rest.next()? {
                '"' => return Some(out),
                '\\' => out.push(self.escape()?),
                c if c.is_control() => return None,
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let first = self.unit()?;
                let units = if (0xD800..0xDC00).contains(&first) {
                    self.take("\\u")?;
                    vec![first, self.unit()?]
                } else {
                    vec![first]
                };
                char::decode_utf16(units).next()?.ok()?
            }
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        })
    }

    /// The four digits of `\uXXXX`.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest.as_str().get(..4)?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.rest = self.rest.as_str()[4..].chars();
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read() {
        let text = r#" {"reason":"x","list":[1,-2.5e3,{}, []],"yes":true,"no":null,"s":"a\n\u001b[1m\ud83d\ude00\\\/"} "#;
        let value = Json::parse(text).unwrap();
        assert_eq!(value.text("reason"), Some("x"));
        assert_eq!(value.text("s"), Some("a\n\u{1b}[1m😀\\/"));
        assert_eq!(value.get("yes"), Some(&Json::Flag(true)));
        assert_eq!(value.get("list").unwrap().list().len(), 4);
        assert_eq!(value.text("list"), None);
        assert_eq!(value.get("gone"), None);
    }

    #[test]
    fn what_is_not_json_is_nothing() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "1 2",
            "tru",
            "-",
            "\"\n\"",
        ] {
            assert_eq!(Json::parse(text), None, "{text:?}");
        }
        assert_eq!(
            Json::parse(&"[".repeat(100_000)),
            None,
            "and no stack overflow"
        );
    }
}
