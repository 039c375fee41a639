//! The second experiment: what a change costs.

use tutorial_manifest::experiment;

fn main() -> std::io::Result<()> {
    print!("{}", experiment::cost()?);
    Ok(())
}
