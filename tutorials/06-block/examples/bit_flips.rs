//! See `tutorial_block::experiment::flips`.

fn main() {
    print!("{}", tutorial_block::experiment::flips());
}
