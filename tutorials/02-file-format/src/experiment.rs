//! The experiments that break each step.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use crate::{Result, step_1, step_2, step_3, step_4};

/// A number is written here and read on a machine that keeps the bytes of a number in the
/// other order.
pub fn other_machine(path: &Path) -> io::Result<String> {
    step_1::save(path, 42)?;
    let here = step_1::load(path)?;
    let there = here.swap_bytes();
    Ok(format!("read here: {here}\nread there: {there}\n"))
}

/// Step 1 is given files that are not, or no longer, counters.
pub fn strange_files(path: &Path) -> io::Result<String> {
    let counter = 70_000_u32.to_le_bytes();
    let files: [(&str, &[u8]); 5] = [
        ("the counter", &counter),
        ("the counter, cut short", &counter[..2]),
        ("an empty file", b""),
        ("a letter", b"Dear customer, thank you"),
        ("a picture", b"\x89PNG\r\n\x1a\n"),
    ];
    let mut report = String::new();
    for (name, bytes) in files {
        fs::write(path, bytes)?;
        let number = step_1::load(path)?;
        let _ = writeln!(report, "{name:24}{number:>12}");
    }
    Ok(report)
}

/// Each format is damaged in two ways: every bit flipped, every two neighbours swapped.
pub fn damage() -> String {
    let mut report = format!(
        "{:18}{:>12}{:>8}{:>8}{:>8}\n",
        "", "bits flipped", "wrong", "swapped", "wrong"
    );
    let sum = step_4::sum;
    let crc32 = step_4::crc32;
    let rows = [
        row("a number", &step_2::encode(70_000), step_2::decode),
        row("magic", &step_3::encode(70_000), step_3::decode),
        row("magic and sum", &step_4::encode(70_000, sum), |bytes| {
            step_4::decode(bytes, sum)
        }),
        row("magic and CRC32", &step_4::encode(70_000, crc32), |bytes| {
            step_4::decode(bytes, crc32)
        }),
    ];
    report.extend(rows);
    report
}

/// How many damaged files were tried, and how many of them were taken for whole.
fn row(name: &str, file: &[u8], decode: impl Fn(&[u8]) -> Result<u32>) -> String {
    let wrong = |damaged: &[Vec<u8>]| damaged.iter().filter(|bytes| decode(bytes).is_ok()).count();
    let (flipped, swapped) = (flips(file), swaps(file));
    format!(
        "{name:18}{:>12}{:>8}{:>8}{:>8}\n",
        flipped.len(),
        wrong(&flipped),
        swapped.len(),
        wrong(&swapped)
    )
}

/// The file with one bit flipped, for every bit.
fn flips(file: &[u8]) -> Vec<Vec<u8>> {
    let flip = |bit: usize| {
        let mut damaged = file.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        damaged
    };
    (0..8 * file.len()).map(flip).collect()
}

/// The file with two neighbours swapped, wherever they differ.
fn swaps(file: &[u8]) -> Vec<Vec<u8>> {
    let swap = |at: usize| {
        let mut damaged = file.to_vec();
        damaged.swap(at, at + 1);
        damaged
    };
    let swapped = (0..file.len() - 1).map(swap);
    swapped.filter(|damaged| damaged != file).collect()
}
