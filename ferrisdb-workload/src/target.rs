//! A store that can be measured.

use crate::Result;

/// A key with its value.
pub type Entry<'a> = (&'a [u8], &'a [u8]);

/// A store that can be measured: an ordered map from keys to values on a disk.
///
/// Any number of threads use it at once. Each operation should be done in the way in which a
/// user of the store would do it who cares for speed: values are lent and not copied where the
/// store can do that.
pub trait Target: Send + Sync {
    /// What the store is called.
    fn name(&self) -> &'static str;

    /// Puts one value. If `sync` is set it survives a power cut when this returns, else as much
    /// as the store promises without.
    fn put(&self, entry: Entry<'_>, sync: bool) -> Result<()>;

    /// Puts all values, or none of them.
    fn write(&self, entries: &[Entry<'_>], sync: bool) -> Result<()>;

    /// Lends the value of a key to `meet`; `false` if there is none.
    fn get(&self, key: &[u8], meet: &mut dyn FnMut(&[u8])) -> Result<bool>;

    /// Lends the first `limit` entries at or after `from` to `meet`, or with `reverse` those at
    /// or before it, backwards. Without `from` it begins at the end of the store.
    fn scan(
        &self,
        from: Option<&[u8]>,
        reverse: bool,
        limit: u64,
        meet: &mut dyn FnMut(Entry<'_>),
    ) -> Result<()>;

    /// Ends in good order, as a user would.
    fn close(self: Box<Self>) -> Result<()>;
}

/// What is the same for all stores that are compared.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// The size of the cache for blocks, in bytes.
    pub cache: u64,
    /// The size of a memtable, in bytes, for those that have one.
    pub memtable: u64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            cache: 64 << 20,
            memtable: 64 << 20,
        }
    }
}
