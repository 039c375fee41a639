//! The fourth experiment: what a put costs.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use tutorial_engine::step_3::Toy;

fn main() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    print!("{}", puts(directory.path(), 10_000)?);
    Ok(())
}

/// How many bytes each put writes, when a full map has `full` keys.
fn puts(directory: &Path, full: usize) -> io::Result<String> {
    let size = |name: &str| fs::metadata(directory.join(name)).map_or(0, |file| file.len());
    let mut out = String::new();
    let mut toy = Toy::open(directory, full)?;
    for n in 1..full {
        toy.write(&format!("article-{n:05}"), Some("1299"))?;
    }
    let log = size("log");
    let _ = writeln!(
        out,
        "{} puts: {} bytes each",
        full - 1,
        log / (full as u64 - 1)
    );
    toy.write("article-00000", Some("1299"))?;
    let table = size("1.table") + size("manifest");
    let _ = writeln!(out, "put {full}: {} bytes", log / (full as u64 - 1) + table);
    Ok(out)
}
