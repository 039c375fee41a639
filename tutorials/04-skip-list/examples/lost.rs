//! What is lost without a lock?

fn main() {
    print!("{}", tutorial_skip_list::experiment::lost());
}
