//! Bytes as text, and back.
//!
//! Keys and values are any bytes, and a terminal shows text. Printable characters stand for themselves;
//! everything else, and the backslash, is written as in Rust: `\n`, `\t`, `\\`, `\x00`. So a
//! key with a value is always one line, with a tab in between, and nothing is lost.

use std::fmt::Write as _;

/// Bytes as printable text.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str(r"\\"),
                '\n' => text.push_str(r"\n"),
                '\t' => text.push_str(r"\t"),
                '\r' => text.push_str(r"\r"),
                _ if character.is_control() => {
                    let mut buffer = [0; 4];
                    hex(&mut text, character.encode_utf8(&mut buffer).as_bytes());
                }
                _ => text.push(character),
            }
        }
        hex(&mut text, chunk.invalid());
    }
    text
}

fn hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing into a `String` cannot fail.
        let _ = write!(text, r"\x{byte:02x}");
    }
}

/// The bytes that such a text stands for; an error says what is wrong with it.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let (byte, size) = match escape.as_bytes().first() {
            Some(b'\\') => (b'\\', 1),
            Some(b'n') => (b'\n', 1),
            Some(b't') => (b'\t', 1),
            Some(b'r') => (b'\r', 1),
            Some(b'x') => {
                // A number may begin with a plus for `from_str_radix`; an escape may not.
                let is_hex = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                let digits = escape.get(1..3).filter(is_hex);
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let byte = byte.ok_or_else(|| {
                    format!("\\x needs two hexadecimal digits, as in \\x0a, in {text:?}")
                })?;
                (byte, 3)
            }
            _ => {
                return Err(format!(
                    "a backslash begins \\\\, \\n, \\t, \\r or \\xNN, and something else in {text:?}"
                ));
            }
        };
        bytes.push(byte);
        rest = &escape[size..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Bytes as text that is not too long for a line.
pub(crate) fn short(bytes: &[u8]) -> String {
    const SIZE_MAX: usize = 60;
    if bytes.len() <= SIZE_MAX {
        return escape(bytes);
    }
    format!("{}… ({} bytes)", escape(&bytes[..SIZE_MAX]), bytes.len())
}

/// A number of things: `1 table`, `2 tables`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A number of bytes for people: `1.5 MiB`.
#[expect(
    clippy::cast_precision_loss,
    reason = "one digit behind the point is what is shown"
)]
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_being_shown() {
        let all: Vec<u8> = (0..=255).collect();
        for bytes in [
            &all[..],
            b"",
            b"a\\x41",
            "Größe\t✓\u{85}".as_bytes(),
            b"\xc3",
            b"\xe2\x82",
        ] {
            let text = escape(bytes);
            assert!(!text.contains(['\t', '\n', '\r', '\0']), "{text}");
            assert_eq!(unescape(&text).as_deref(), Ok(bytes), "{text}");
        }
        assert_eq!(escape("Größe".as_bytes()), "Größe", "letters stay letters");
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for text in [
            r"\", r"\q", r"\x", r"\x1", r"\xgg", r"\x1ö", r"\x+f", r"a\+",
        ] {
            let error = unescape(text).expect_err("not an escape");
            assert!(error.contains("in "), "{error}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short(&[b'a'; 60]), "a".repeat(60));
        assert_eq!(
            short(&[b'a'; 61]),
            format!("{}… (61 bytes)", "a".repeat(60))
        );
    }

    #[test]
    fn sizes_have_units() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (1 << 20, "1.0 MiB"),
            ((1 << 20) - 1, "1.0 MiB"),
            (u64::MAX, "16384.0 PiB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected);
        }
    }
}
