//! Bytes as a person reads them.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

/// Beyond this many bytes only the beginning is shown.
const SHOWN_MAX: usize = 32;

/// Bytes as a quoted string, the unprintable ones escaped; long ones cut short, with their
/// length.
///
/// ```
/// use ferrisdb_testkit::show;
///
/// assert_eq!(show(b"plum"), r#""plum""#);
/// assert_eq!(show(b"\x00\xff\""), r#""\x00\xff\"""#);
/// assert_eq!(show(&[b'a'; 500]), r#""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" (500 bytes)"#);
/// ```
#[must_use]
pub fn show(bytes: &[u8]) -> String {
    if bytes.len() <= SHOWN_MAX {
        return format!("\"{}\"", bytes.escape_ascii());
    }
    let start = bytes[..SHOWN_MAX].escape_ascii();
    format!("\"{start}…\" ({} bytes)", bytes.len())
}

/// A key or value whose `Debug` form is [`show`]'s.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(pub Vec<u8>);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(&self.0))
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl<T: AsRef<[u8]> + ?Sized> From<&T> for Text {
    fn from(bytes: &T) -> Self {
        Self(bytes.as_ref().to_vec())
    }
}
