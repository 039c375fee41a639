//! TOML read field by field: what is there, what is missing, what nobody asked for.
//!
//! Each value comes with its line, so that a mistake can be named by it. Written by hand, for
//! derived readers would cost a learner's first build several seconds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::error::{Error, Result};
use crate::items::line_of;

/// The text being read, which turns places into line numbers.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// What the file says.
    pub text: &'a str,
    /// The file, for messages.
    pub path: &'a Path,
}

/// A value and the line, counted from 1, on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its line.
    pub line: usize,
}

/// The fields of one table, each taken once.
#[derive(Debug)]
pub struct Fields<'a> {
    text: Text<'a>,
    line: usize,
    /// By name, those not taken yet.
    left: BTreeMap<String, (usize, Spanned<DeValue<'a>>)>,
}

impl<'a> Text<'a> {
    /// The fields of the whole file.
    pub fn fields(self) -> Result<Fields<'a>> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line(&span));
            self.error(line, error.message())
        })?;
        Ok(self.table(1, table.into_inner()))
    }

    /// A mistake on a line.
    pub fn error(self, line: usize, message: impl Into<String>) -> Error {
        Error::Lesson {
            path: self.path.to_owned(),
            line,
            message: message.into(),
        }
    }

    fn line(self, at: &Range<usize>) -> usize {
        line_of(self.text, at.start.min(self.text.len()))
    }

    fn table(self, line: usize, table: DeTable<'a>) -> Fields<'a> {
        let field = |(key, value): (Spanned<DeString<'a>>, Spanned<DeValue<'a>>)| {
            let line = self.line(&key.span());
            (key.into_inner().into_owned(), (line, value))
        };
        Fields {
            text: self,
            line,
            left: table.into_iter().map(field).collect(),
        }
    }

    fn string(self, value: Spanned<DeValue<'a>>) -> Result<At<String>> {
        let line = self.line(&value.span());
        match value.into_inner() {
            DeValue::String(text) => Ok(At {
                value: text.into_owned(),
                line,
            }),
            other => Err(self.error(line, is_not(&other, "a string"))),
        }
    }

    fn number(self, value: &Spanned<DeValue<'a>>) -> Result<At<u32>> {
        let line = self.line(&value.span());
        let number = value.get_ref().as_integer().and_then(|integer| {
            u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
        });
        let wanted = || self.error(line, is_not(value.get_ref(), "a number from 0 on"));
        Ok(At {
            value: number.ok_or_else(wanted)?,
            line,
        })
    }

    fn list(self, value: Spanned<DeValue<'a>>) -> Result<At<Vec<Spanned<DeValue<'a>>>>> {
        let line = self.line(&value.span());
        match value.into_inner() {
            DeValue::Array(array) => Ok(At {
                value: array.into_iter().collect(),
                line,
            }),
            other => Err(self.error(line, is_not(&other, "a list"))),
        }
    }
}

impl<'a> Fields<'a> {
    /// The text of a field that may be left out.
    pub fn opt_string(&mut self, name: &'static str) -> Result<Option<At<String>>> {
        let text = self.text;
        self.take(name).map(|value| text.string(value)).transpose()
    }

    /// The text of a field.
    pub fn string(&mut self, name: &'static str) -> Result<At<String>> {
        let value = self.opt_string(name)?;
        value.ok_or_else(|| self.missing(name))
    }

    /// The number of a field.
    pub fn number(&mut self, name: &'static str) -> Result<At<u32>> {
        let text = self.text;
        let value = self.take(name).map(|value| text.number(&value));
        value.unwrap_or_else(|| Err(self.missing(name)))
    }

    /// Yes or no; no if it is left out.
    pub fn flag(&mut self, name: &'static str) -> Result<bool> {
        let Some(value) = self.take(name) else {
            return Ok(false);
        };
        let line = self.text.line(&value.span());
        let flag = value.get_ref().as_bool();
        flag.ok_or_else(|| self.error(line, is_not(value.get_ref(), "true or false")))
    }

    /// The texts of a list that may be left out.
    pub fn opt_strings(&mut self, name: &'static str) -> Result<Option<At<Vec<At<String>>>>> {
        let text = self.text;
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let list = text.list(value)?;
        let values = list.value.into_iter().map(|value| text.string(value));
        Ok(Some(At {
            value: values.collect::<Result<_>>()?,
            line: list.line,
        }))
    }

    /// The texts of a list.
    pub fn strings(&mut self, name: &'static str) -> Result<At<Vec<At<String>>>> {
        let value = self.opt_strings(name)?;
        value.ok_or_else(|| self.missing(name))
    }

    /// The tables of a list of tables, `[[name]]`; none if it is left out.
    pub fn tables(&mut self, name: &'static str) -> Result<Vec<Fields<'a>>> {
        let text = self.text;
        let Some(value) = self.take(name) else {
            return Ok(Vec::new());
        };
        let list = text.list(value)?;
        let tables = list.value.into_iter().map(|value| table_of(text, value));
        tables.collect()
    }

    /// A table, `[name]`, that may be left out.
    pub fn opt_table(&mut self, name: &'static str) -> Result<Option<Fields<'a>>> {
        let text = self.text;
        self.take(name)
            .map(|value| table_of(text, value))
            .transpose()
    }

    /// Every field not taken yet, as a table of that name: for tables whose names are data.
    pub fn named_tables(&mut self) -> Result<Vec<(String, Fields<'a>)>> {
        let text = self.text;
        let rest = std::mem::take(&mut self.left).into_iter();
        rest.map(|(name, (_, value))| Ok((name, table_of(text, value)?)))
            .collect()
    }

    /// Every field not taken yet, as a number of that name.
    pub fn named_numbers(&mut self) -> Result<Vec<(String, u32)>> {
        let text = self.text;
        let rest = std::mem::take(&mut self.left).into_iter();
        rest.map(|(name, (_, value))| Ok((name, text.number(&value)?.value)))
            .collect()
    }

    /// Every field not taken yet, its value in one way of writing it.
    pub fn named_texts(&mut self) -> BTreeMap<String, String> {
        let rest = std::mem::take(&mut self.left).into_iter();
        rest.map(|(name, (_, value))| (name, plain(value.get_ref())))
            .collect()
    }

    /// The same fields, if there are none but these. Asked first: a name that is misspelt says
    /// more than one that is missing.
    pub fn only(self, known: &[&str]) -> Result<Self> {
        let mut unknown = self.left.iter();
        match unknown.find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, (line, _))) => {
                let known = known.join(", ");
                let message = format!("unknown field `{name}`; there are {known}");
                Err(self.text.error(*line, message))
            }
        }
    }

    /// A mistake on a line of this file.
    pub fn error(&self, line: usize, message: impl Into<String>) -> Error {
        self.text.error(line, message)
    }

    fn take(&mut self, name: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.left.remove(name).map(|(_, value)| value)
    }

    fn missing(&self, name: &str) -> Error {
        self.error(self.line, format!("the field `{name}` is missing"))
    }
}

fn table_of<'a>(text: Text<'a>, value: Spanned<DeValue<'a>>) -> Result<Fields<'a>> {
    let line = text.line(&value.span());
    match value.into_inner() {
        DeValue::Table(table) => Ok(text.table(line, table)),
        other => Err(text.error(line, is_not(&other, "a table"))),
    }
}

fn is_not(value: &DeValue<'_>, wanted: &str) -> String {
    format!("this is {}, but should be {wanted}", value.type_str())
}

/// A value in one way of writing it, so that two can be compared.
fn plain(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(array) => {
            let values: Vec<_> = array.iter().map(|value| plain(value.get_ref())).collect();
            format!("[{}]", values.join(", "))
        }
        DeValue::Table(table) => {
            let field = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
                format!("{} = {}", quoted(key.get_ref()), plain(value.get_ref()))
            };
            let fields: Vec<_> = table.iter().map(field).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

/// A text as it stands in TOML, with its quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields<'_> {
        let path = Path::new("a.toml");
        Text { text, path }.fields().unwrap()
    }

    #[test]
    fn values_come_with_their_lines() {
        let mut all = fields("a = \"x\"\nb = 0x1_0\nc = [\n  \"y\",\n]\n[[t]]\nd = true\n");
        assert_eq!(all.string("a").unwrap().value, "x");
        assert_eq!(all.number("b").unwrap(), At { value: 16, line: 2 });
        assert_eq!(all.strings("c").unwrap().value[0].line, 4);
        let mut tables = all.tables("t").unwrap();
        assert!(tables[0].flag("d").unwrap());
        assert!(!tables[0].flag("e").unwrap());
        assert!(all.only(&[]).is_ok(), "every field was taken");
    }

    #[test]
    fn what_is_quoted_is_read_back() {
        let text = "C:\\a \"b\"\n\u{1}é";
        let line = format!("a = {}", quoted(text));
        assert_eq!(fields(&line).string("a").unwrap().value, text);
    }

    #[test]
    fn values_are_compared_however_they_are_written() {
        let one = fields("a = { b = \"x\", c = [1, 2] }\n").named_texts();
        let two = fields("[a]\nc = [\n 1, 2,\n]\nb = 'x'\n").named_texts();
        assert_eq!(one, two);
    }

    #[test]
    fn mistakes_are_named_with_their_lines() {
        let mut all = fields("a = 1\n\n[b]\nc = -1\n");
        let said = |error: Error| error.to_string();
        assert_eq!(
            said(all.string("a").unwrap_err()),
            "a.toml:1: this is integer, but should be a string"
        );
        let mut table = all.opt_table("b").unwrap().unwrap();
        assert!(said(table.number("c").unwrap_err()).starts_with("a.toml:4: "));
        assert_eq!(
            said(table.string("d").unwrap_err()),
            "a.toml:3: the field `d` is missing"
        );
        let unknown = fields("a = 1\nzz = 2\n");
        assert_eq!(
            said(unknown.only(&["a", "b"]).unwrap_err()),
            "a.toml:2: unknown field `zz`; there are a, b"
        );
    }
}
