//! Step 3: a line counts only when its end is there.

use crate::Balances;
use crate::step_2::apply;

/// What the whole lines of a log amount to. What follows the last line feed was cut off while
/// it was written, and is ignored.
pub fn replay(log: &[u8]) -> Balances {
    let mut balances = Balances::new();
    let whole = log
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    for line in String::from_utf8_lossy(&log[..whole]).lines() {
        apply(line, &mut balances);
    }
    balances
}
