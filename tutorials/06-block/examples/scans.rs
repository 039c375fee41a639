//! See `tutorial_block::experiment::scans`.

fn main() {
    print!("{}", tutorial_block::experiment::scans());
}
