//! The third experiment: every format against two kinds of damage.

fn main() {
    print!("{}", tutorial_file_format::experiment::damage());
}
