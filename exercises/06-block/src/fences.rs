//! *Given.* Where a search can begin, without a look at the entries.
//!
//! A binary search over restart points jumps about in the block, and waits for memory at every
//! jump: for the offset, then for the key that is there. So the keys at the restart points are
//! noted once, by the first search: of each the 4 bytes that follow what all of them have in
//! common, as one number. These numbers lie side by side, and comparing two of them takes one
//! instruction.
//!
//! ```text
//!   restart points    user:1042…   user:1077…   user:2001…   user:2001…
//!   in common         user:
//!   fences                 1042…        1077…        2001…        2001…
//! ```
//!
//! Where two fences are equal, or the target's beginning is one of them, the keys themselves
//! decide. A block of whose restart points one cannot be read, or is out of order, gets no fences:
//! whoever searches it goes through the restart points, and meets what is wrong there.

use ferrisdb_core::InternalKey;

use crate::entry::{self, ENTRY_SIZE_MIN, shared_size};

/// The most that is compared as what all keys have in common, in bytes.
const COMMON_MAX: usize = 32;

/// So many fences need no memory elsewhere, which would have to be waited for.
const FEW: usize = 8;

/// The beginnings of the keys at the restart points of a block.
///
/// The fields are in the order in which a search looks at them.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Fences {
    /// How many fences there are: one a restart point, or none if the block is to be searched
    /// without.
    count: u32,
    /// Whether every entry has a restart point.
    dense: bool,
    common_size: u8,
    /// What all keys at restart points begin with.
    common: [u8; COMMON_MAX],
    /// The fences, ascending, if they are few.
    few: [Fence; FEW],
    /// The fences, ascending, if they are not.
    many: Box<[Fence]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Fence {
    /// The bytes behind what is common, the first one the highest; zeros behind the last.
    start: u32,
    /// Where the entry begins.
    offset: u32,
}

impl Fences {
    /// The fences of a block with these entries, at whose end its restart points lie.
    pub(crate) fn new(entries: &[u8], restarts: &[u8]) -> Self {
        Self::of_readable(entries, restarts).unwrap_or_default()
    }

    /// `None` if a restart point cannot be read or is out of order.
    fn of_readable(entries: &[u8], restarts: &[u8]) -> Option<Self> {
        let (offsets, _) = restarts.as_chunks();
        if offsets.len() > entries.len() / ENTRY_SIZE_MIN {
            return None;
        }
        let key = |offset: &[u8; 4]| {
            let offset = u32::from_le_bytes(*offset);
            let entry = entry::decode(entries, offset as usize).ok()?;
            let user_key = &entries[entry.suffix.clone()];
            (entry.shared == 0).then_some((user_key, offset, entry.value.end))
        };
        let (first, last) = (key(offsets.first()?)?.0, key(offsets.last()?)?.0);
        let common_size = shared_size(first, last).min(COMMON_MAX);
        let mut common = [0; COMMON_MAX];
        common[..common_size].copy_from_slice(&first[..common_size]);
        let (mut dense, mut end) = (true, 0);
        let mut fence = |offset| {
            let (key, offset, entry_end) = key(offset)?;
            if (offset as usize) < end {
                return None;
            }
            dense &= offset as usize == end;
            end = entry_end;
            let start = start(key.strip_prefix(&common[..common_size])?);
            Some(Fence { start, offset })
        };
        let mut made = Self {
            count: u32::try_from(offsets.len()).ok()?,
            common,
            common_size: u8::try_from(common_size).ok()?,
            ..Self::default()
        };
        if offsets.len() > FEW {
            made.many = vec![Fence::default(); offsets.len()].into();
        }
        let fences = match &mut *made.many {
            [] => &mut made.few[..offsets.len()],
            many => many,
        };
        for (made, offset) in fences.iter_mut().zip(offsets) {
            *made = fence(offset)?;
        }
        if !fences.is_sorted_by_key(|fence| fence.start) {
            return None;
        }
        made.dense = dense && end == entries.len();
        Some(made)
    }

    /// How much memory the fences of so many restart points take besides their own, in bytes.
    pub(crate) fn memory_used(restarts: usize) -> usize {
        if restarts > FEW {
            restarts * size_of::<Fence>()
        } else {
            0
        }
    }

    #[inline]
    fn fences(&self) -> &[Fence] {
        let count = self.count as usize;
        if count > FEW {
            &self.many
        } else {
            &self.few[..count]
        }
    }

    /// Where restart point `index` says that its entry begins, if there are fences.
    #[inline]
    pub(crate) fn offset(&self, index: usize) -> Option<usize> {
        self.fences().get(index).map(|fence| fence.offset as usize)
    }

    /// Whether it is known that every entry has a restart point.
    #[inline]
    pub(crate) fn are_dense(&self) -> bool {
        self.dense
    }

    /// Two of `count` restart points: the keys at those below the first come before `target`, the
    /// keys from the second on come after it. What lies in between is to be compared.
    #[inline]
    pub(crate) fn around(&self, target: InternalKey<'_>, count: usize) -> (usize, usize) {
        let fences = self.fences();
        if fences.is_empty() {
            return (0, count);
        }
        let common = &self.common[..usize::from(self.common_size)];
        let Some(rest) = target.user_key.strip_prefix(common) else {
            let at = if target.user_key < common { 0 } else { count };
            return (at, at);
        };
        let start = start(rest);
        let low = fences.partition_point(|fence| fence.start < start);
        if fences.get(low).is_none_or(|fence| fence.start > start) {
            return (low, low);
        }
        let equal = &fences[low..];
        (
            low,
            low + equal.partition_point(|fence| fence.start == start),
        )
    }
}

/// The first 4 bytes as a number that is in the same order as they are.
#[inline]
fn start(bytes: &[u8]) -> u32 {
    if let Some(bytes) = bytes.first_chunk() {
        return u32::from_be_bytes(*bytes);
    }
    let mut start = [0; 4];
    start[..bytes.len()].copy_from_slice(bytes);
    u32::from_be_bytes(start)
}
