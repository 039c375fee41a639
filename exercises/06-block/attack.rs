//! Tries to break your blocks: flips every bit and cuts every frame, makes blocks of nonsense, and
//! hands out bombs.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the crate survived.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use bytes::Bytes;
use ferrisdb_block::{
    BLOCK_SIZE_MAX, Block, Compression, Filter, FilterBuilder, Kind, Location, open, seal,
};
use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_format::Checksum;
use support::{Entry, backward, build, forward, orders, put};

#[path = "tests/support/mod.rs"]
mod support;

const HERE: Location = Location {
    file_number: 7,
    offset: 64,
};

const ALL: [Compression; 3] = [Compression::None, Compression::Lz4, Compression::Zstd];

/// What one kind of attack found: how many tries, or the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 6] = [
        ("every bit of a frame is flipped", flips),
        ("a frame is cut after every byte", cuts),
        ("a frame is opened in another place", moved),
        ("a block of nonsense with the right checksum", nonsense),
        ("a frame claims to hold more than it can", bombs),
        ("a filter is asked for keys that it has", denials),
    ];
    // A panic is a wrong answer like any other; its message is printed below.
    panic::set_hook(Box::new(|_| ()));
    let mut survived = true;
    for (what, attack) in attacks {
        let mut tries = 0;
        match panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries))) {
            Ok(Ok(())) => println!("survived {tries:6} × {what}"),
            Ok(Err(reason)) => {
                println!("BROKEN after {tries} × {what}:\n    {reason}");
                survived = false;
            }
            Err(panic) => {
                let message = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied());
                println!(
                    "PANIC after {tries} × {what}:\n    {}",
                    message.unwrap_or("?")
                );
                survived = false;
            }
        }
    }
    if survived {
        println!("Your blocks gave no wrong answer.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn sealed(compression: Compression) -> Result<(Vec<Entry>, Vec<u8>), String> {
    let entries = orders(40);
    let mut frame = Vec::new();
    seal(
        Kind::Data,
        &build(&entries, 8),
        compression,
        HERE,
        &mut frame,
    )
    .map_err(|error| error.to_string())?;
    let raw = open(Bytes::from(frame.clone()), Kind::Data, HERE);
    let read = raw.and_then(Block::parse).and_then(|block| forward(&block));
    match read {
        Ok(read) if read == entries => Ok((entries, frame)),
        other => Err(format!("an undamaged block gave {other:?}")),
    }
}

/// Opening these bytes must fail, or else give back the very same entries.
fn must_fail(frame: Vec<u8>, location: Location, what: &str) -> Result<(), String> {
    match open(Bytes::from(frame), Kind::Data, location) {
        Ok(_) => Err(format!(
            "{what}, and `open` gave it out as if nothing were wrong"
        )),
        Err(_) => Ok(()),
    }
}

fn flips(tries: &mut u64) -> Result<(), String> {
    for compression in ALL {
        let (_, frame) = sealed(compression)?;
        for bit in 0..8 * frame.len() {
            *tries += 1;
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            must_fail(
                damaged,
                HERE,
                &format!("bit {bit} was flipped ({compression:?})"),
            )?;
        }
    }
    Ok(())
}

fn cuts(tries: &mut u64) -> Result<(), String> {
    for compression in ALL {
        let (_, frame) = sealed(compression)?;
        for size in 0..frame.len() {
            *tries += 1;
            must_fail(
                frame[..size].to_vec(),
                HERE,
                &format!("only {size} bytes were left"),
            )?;
        }
    }
    Ok(())
}

fn moved(tries: &mut u64) -> Result<(), String> {
    let (_, frame) = sealed(Compression::Lz4)?;
    for shift in 0..64 {
        *tries += 2;
        let offset = HERE.offset ^ (1 << shift);
        let file_number = HERE.file_number ^ (1 << shift);
        let elsewhere = format!("the frame belongs to offset 64 of file 7, not to {offset}");
        must_fail(frame.clone(), Location { offset, ..HERE }, &elsewhere)?;
        let other = format!("the frame belongs to file 7, not to {file_number}");
        must_fail(
            frame.clone(),
            Location {
                file_number,
                ..HERE
            },
            &other,
        )?;
    }
    Ok(())
}

/// Blocks with some bytes changed, parsed without a frame. Any answer but a panic or an endless loop
/// will do, with one exception: whoever reads backward without an error has to meet what whoever
/// reads forward meets.
fn nonsense(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(6);
    let mut pick = |below: usize| {
        let below = u64::try_from(below.max(1)).unwrap_or(1);
        usize::try_from(random.next_u64() % below).unwrap_or(0)
    };
    let whole = build(&orders(40), 4);
    for _ in 0..3000 {
        *tries += 1;
        let mut bytes = whole.to_vec();
        for _ in 0..=pick(6) {
            let at = pick(bytes.len());
            bytes[at] = [0, 1, 2, 0x7f, 0x80, 0xff][pick(6)];
        }
        let Ok(block) = Block::parse(Bytes::from(bytes)) else {
            continue;
        };
        let forward = forward(&block);
        if let Ok(mut entries) = backward(&block) {
            entries.reverse();
            let count = entries.len();
            if forward != Ok(entries) {
                return Err(format!(
                    "backward there were {count} entries and no error, and forward {}",
                    match forward {
                        Ok(entries) => format!("{} entries", entries.len()),
                        Err(error) => format!("the error: {error}"),
                    }
                ));
            }
        }
        let mut cursor = block.cursor();
        for entry in orders(8) {
            if cursor.seek(entry.key()).is_err() && cursor.is_valid() {
                return Err("after an error the cursor was still at an entry".to_owned());
            }
            let _ = cursor.seek_for_prev(put(&entry.user_key, 1));
            if cursor.is_valid() {
                let _ = (cursor.prev(), cursor.next());
            }
        }
    }
    Ok(())
}

fn bombs(tries: &mut u64) -> Result<(), String> {
    for compression in [1, 2] {
        for (stored_size, raw_size) in [
            (0_u8, 1),
            (0, BLOCK_SIZE_MAX),
            (16, 16 * 255 + 1),
            (16, BLOCK_SIZE_MAX),
            (16, BLOCK_SIZE_MAX + 1),
            (16, u32::MAX as usize),
        ] {
            *tries += 1;
            let mut frame = vec![0; 4];
            frame.extend([1, compression]);
            frame.extend(u32::from(stored_size).to_le_bytes());
            frame.extend(u32::try_from(raw_size).unwrap_or(u32::MAX).to_le_bytes());
            frame.resize(frame.len() + usize::from(stored_size), 0);
            let checksum = Checksum::new()
                .update(&HERE.file_number.to_le_bytes())
                .update(&HERE.offset.to_le_bytes())
                .update(&frame[4..])
                .finish();
            frame[..4].copy_from_slice(&checksum.to_le_bytes());
            match open(Bytes::from(frame), Kind::Data, HERE) {
                Err(error) if error.to_string().contains("claims") => {}
                other => {
                    return Err(format!(
                        "{stored_size} bytes claimed to hold {raw_size}, and the answer was {other:?}"
                    ));
                }
            }
        }
    }
    Ok(())
}

fn denials(tries: &mut u64) -> Result<(), String> {
    for bits_per_key in [1, 10, 20] {
        let mut builder = FilterBuilder::new(bits_per_key);
        let keys: Vec<Vec<u8>> = orders(2000)
            .into_iter()
            .map(|entry| entry.user_key)
            .collect();
        for key in &keys {
            builder.add(key);
        }
        let filter = Filter::parse(Bytes::from(builder.finish())).map_err(|e| e.to_string())?;
        for key in &keys {
            *tries += 1;
            if !filter.may_contain(key) {
                return Err(format!("{} was added and is denied", key.escape_ascii()));
            }
        }
    }
    Ok(())
}
