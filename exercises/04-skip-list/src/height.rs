//! How high a node's tower is: chance, but chance that repeats.

use ferrisdb_core::InternalKey;

/// The levels of a list. With half of the nodes on each next level, twenty are enough for a
/// million entries; with more entries the highest level is only longer.
///
/// A fourth instead of a half would save five bytes an entry, and was measured a third slower:
/// with the prefix in the link it is the steps to the right that cost, and not the levels.
///
/// A model has few entries and needs few levels.
pub(crate) const HEIGHT_MAX: usize = if cfg!(test) { 2 } else { 20 };

/// The height of the tower of `key`, from 1 to [`HEIGHT_MAX`]: at least `h` with a chance of
/// one in 2^(h-1).
///
/// It depends on nothing but seed and key. So the same entries make the same list, however many
/// threads insert them in whatever order, and no thread waits for a shared source of chance.
#[inline]
pub(crate) fn height(seed: u64, key: &InternalKey<'_>) -> usize {
    let zeros = hash(seed, key).trailing_zeros() as usize;
    (1 + zeros).min(HEIGHT_MAX)
}

/// A hash in the manner of wyhash: multiply two words to 128 bits, fold the halves together.
#[inline]
fn hash(seed: u64, key: &InternalKey<'_>) -> u64 {
    let mut state = fold(seed ^ FIRST, key.timestamp.0 ^ SECOND);
    let mut words = key.user_key.chunks_exact(8);
    for word in words.by_ref() {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        state = fold(state ^ word, SECOND);
    }
    let mut last = [0; 8];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    state = fold(state ^ u64::from_le_bytes(last), THIRD);
    fold(state ^ key.user_key.len() as u64, FIRST)
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low half is what is wanted"
    )]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

// Odd numbers without a pattern: the first digits of the square roots of 2, 3 and 5.
const FIRST: u64 = 0x6a09_e667_f3bc_c909;
const SECOND: u64 = 0xbb67_ae85_84ca_a73b;
const THIRD: u64 = 0x3c6e_f372_fe94_f82b;
