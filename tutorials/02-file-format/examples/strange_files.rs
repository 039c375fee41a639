//! The second experiment: files that are not, or no longer, counters.

fn main() -> std::io::Result<()> {
    let name = format!("receipts-{}.bin", std::process::id());
    let path = std::env::temp_dir().join(name);
    print!(
        "{}",
        tutorial_file_format::experiment::strange_files(&path)?
    );
    std::fs::remove_file(&path)
}
