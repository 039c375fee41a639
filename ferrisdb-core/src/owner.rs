//! Who holds a lock, in words for whoever finds it taken.
//!
//! ```text
//!   LOCK   process 4711, since 2026-03-01T09:30:00Z
//! ```
//!
//! The words are advice: the lock itself is the operating system's, and is gone with the process.
//! They stay in the file until the next one who locks it writes its own. Nothing is synced, so after
//! a power cut the file may be empty.

use std::fs::File;
use std::io::Write;

use crate::{Clock, SystemClock};

/// Writes into a file that is locked, by whom and since when.
///
/// A full disk may prevent that; the lock holds all the same.
pub(crate) fn write(mut file: &File) {
    let pid = std::process::id();
    let since = time(SystemClock.unix_us() / 1_000_000);
    if file.set_len(0).is_ok() {
        let _ = file.write_all(format!("process {pid}, since {since}\n").as_bytes());
    }
}

/// A time in seconds since 1970 as in RFC 3339.
fn time(unix_s: u64) -> String {
    let (days, seconds) = (unix_s / 86_400, unix_s % 86_400);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a number of days since 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    loop {
        let size = 365 + u64::from(is_leap(year));
        if days < size {
            break;
        }
        days -= size;
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for size in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < size {
            break;
        }
        days -= size;
        month += 1;
    }
    (year, month, days + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_people_read_it() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (unix_s, expected) in cases {
            assert_eq!(time(unix_s), expected, "{unix_s}");
        }
    }
}
