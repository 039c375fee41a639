//! *Given.* Whether something can lie where a number of the file says.

use std::ops::Range;

use crate::{Part, Reason};

/// Refuses a place that does not lie in `range` as a whole.
pub(crate) fn check_place(
    what: Part,
    offset: u64,
    size: u64,
    range: Range<u64>,
) -> Result<(), Reason> {
    let Range { start, end } = range;
    let fits = offset.checked_add(size).is_some_and(|last| last <= end);
    if offset >= start && fits {
        return Ok(());
    }
    Err(Reason::OutOfPlace {
        what,
        offset,
        size,
        start,
        end,
    })
}
