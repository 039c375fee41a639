//! `read_exact_from` against the same read into zeros, as ratios.
//!
//! The two take turns, thousands of times, and the fastest tenth of each is compared. So the
//! result holds on a busy machine too, where times measured one after the other do not.

use std::hint::black_box;
use std::time::Instant;

use bytes::BytesMut;
use ferrisdb_core::{Access, File, FileSystem, OsFileSystem};
use ferrisdb_format::BytesMutExt;

const SIZES: [(&str, usize); 4] = [
    ("64 B", 64),
    ("4 KiB", 4 << 10),
    ("1 MiB", 1 << 20),
    ("16 MiB", 16 << 20),
];

fn main() -> std::io::Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("file");
    std::fs::write(&path, vec![7; 16 << 20])?;
    let file = &*OsFileSystem.open(&path, Access::Read)?;

    println!("time of read_exact_from, where the read into zeros is 1.00\n");
    println!("{:8}{:>14}{:>15}", "", "fresh buffer", "reused buffer");
    for (name, size) in SIZES {
        let fresh = compare(size, |zeros| {
            black_box(read(BytesMut::new(), file, size, zeros));
        });
        let mut buffer = BytesMut::with_capacity(size);
        let reused = compare(size, |zeros| {
            buffer = read(std::mem::take(&mut buffer), file, size, zeros);
        });
        println!("{name:8}{fresh:>14.2}{reused:>15.2}");
    }
    Ok(())
}

fn read(mut buffer: BytesMut, file: &dyn File, size: usize, zeros: bool) -> BytesMut {
    buffer.clear();
    let result = if !zeros {
        buffer.read_exact_from(file, 0, size)
    } else if buffer.capacity() < size {
        buffer = BytesMut::zeroed(size);
        file.read_exact_at(0, &mut buffer)
    } else {
        buffer.resize(size, 0);
        file.read_exact_at(0, &mut buffer)
    };
    result.expect("the file has that many bytes");
    buffer
}

/// The ratio of the two times. `work` gets whether to read into zeros.
#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn compare(size: usize, mut work: impl FnMut(bool)) -> f64 {
    let repeat = (1 << 20) / (size + (8 << 10)) + 1;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..300 {
        for (kind, times) in times.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..repeat {
                work(kind == 0);
            }
            times.push(start.elapsed());
        }
    }
    let [zeros, exact] = times.map(|mut times| {
        times.sort();
        times[times.len() / 10].as_secs_f64()
    });
    exact / zeros
}
