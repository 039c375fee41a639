//! The first experiment: the file is read on a machine of the other byte order.

fn main() -> std::io::Result<()> {
    let name = format!("receipts-{}.bin", std::process::id());
    let path = std::env::temp_dir().join(name);
    print!(
        "{}",
        tutorial_file_format::experiment::other_machine(&path)?
    );
    std::fs::remove_file(&path)
}
