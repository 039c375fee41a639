//! Who waits for whom, with a lock around the list?

fn main() {
    print!("{}", tutorial_skip_list::experiment::locks());
}
