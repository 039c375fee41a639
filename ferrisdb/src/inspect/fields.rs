//! Bytes taken apart field by field.

use ferrisdb_storage::format::get_varint;

use crate::text::escape;

/// What the numbers of operations stand for.
pub(crate) const OPERATIONS: [&str; 3] = ["", "put", "delete"];

/// A field of a file: its size in bytes, its name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) size: usize,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Takes fields off the front of some bytes. Where nobody wants to see them, they are not kept.
///
/// Bytes that turn out to be no such field end it: from there on all answers are `None`.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    is_kept: bool,
    taken: Vec<Field>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8], is_kept: bool) -> Self {
        Self {
            rest: bytes,
            is_kept,
            taken: Vec::new(),
        }
    }

    /// What is still to be taken.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(
        &mut self,
        size: usize,
        name: &str,
        value: impl FnOnce(&'a [u8]) -> String,
    ) -> Option<&'a [u8]> {
        let Some((field, rest)) = self.rest.split_at_checked(size) else {
            self.rest = &[];
            return None;
        };
        self.rest = rest;
        if self.is_kept {
            self.taken.push(Field {
                size,
                name: name.to_owned(),
                value: value(field),
            });
        }
        Some(field)
    }

    /// A little-endian number of up to 8 bytes.
    pub(crate) fn number(&mut self, size: usize, name: &str) -> Option<u64> {
        let value = |bytes: &[u8]| {
            let mut number = [0; 8];
            number[..bytes.len().min(8)].copy_from_slice(&bytes[..bytes.len().min(8)]);
            u64::from_le_bytes(number)
        };
        let is_checksum = name == "checksum";
        let field = self.take(size, name, |bytes| {
            if is_checksum {
                format!("{:08x}", value(bytes))
            } else {
                value(bytes).to_string()
            }
        })?;
        Some(value(field))
    }

    /// A byte that stands for something.
    pub(crate) fn choice(&mut self, name: &str, meanings: &[&str]) -> Option<u64> {
        let meaning = |byte: u8| meanings.get(usize::from(byte)).copied().unwrap_or("?");
        let field = self.take(1, name, |bytes| {
            let byte = bytes.first().copied().unwrap_or(0);
            format!("{byte} {}", meaning(byte))
        })?;
        field.first().map(|byte| u64::from(*byte))
    }

    /// A number of as many bytes as it needs.
    pub(crate) fn varint(&mut self, name: &str) -> Option<u64> {
        let mut input = self.rest;
        let Ok(number) = get_varint(&mut input) else {
            self.rest = &[];
            return None;
        };
        self.take(self.rest.len() - input.len(), name, |_| number.to_string())?;
        Some(number)
    }

    /// So many bytes.
    pub(crate) fn bytes(&mut self, size: usize, name: &str) -> Option<&'a [u8]> {
        self.take(size, name, |bytes| format!("\"{}\"", escape(bytes)))
    }

    /// So many bytes whose bits mean something each.
    pub(crate) fn bits(&mut self, size: usize, name: &str) -> Option<&'a [u8]> {
        self.take(size, name, |bytes| {
            let set: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
            format!("{set} bits set")
        })
    }

    /// A size as a varint, and then so many bytes.
    pub(crate) fn slice(&mut self, name: &str) -> Option<&'a [u8]> {
        let size = self.varint(&format!("{name} size"))?;
        self.bytes(usize::try_from(size).ok()?, name)
    }

    /// All fields that were taken.
    pub(crate) fn done(self) -> Vec<Field> {
        self.taken
    }
}
