//! The key by which the index finds a block.
//!
//! ```text
//!   … plum @4   plum @2 │ quince @9   quince @1 …        keys at the border of two blocks
//!                       │
//!                     "q" would do, and is shorter than "plum" and "quince"
//! ```

use ferrisdb_block::OwnedKey;
use ferrisdb_core::{InternalKey, Operation, Timestamp};

/// A key for the index between a block that ends with `last` and one that begins with `next`:
/// not below `last`, and below `next`.
///
/// A shorter key makes a smaller index. It is shortened only if no version of any key of the
/// table could be equal to it: its user key lies strictly between the two, and then it is the
/// lowest version of that user key. Otherwise it is `last` itself. (LevelDB has the idea, in
/// `BytewiseComparatorImpl::FindShortestSeparator`.)
#[must_use]
pub fn separator(last: InternalKey<'_>, next: InternalKey<'_>) -> OwnedKey {
    todo!("a short key that is not below `last` and below `next`, or `last` itself")
}
