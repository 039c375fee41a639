//! CRC32, by which damaged bytes are noticed.

/// A CRC32 that is computed piece by piece.
///
/// The polynomial is the one of zip, PNG and Ethernet. Any damage confined to 32 neighbouring
/// bits is always noticed; other damage goes unnoticed once in about four billion cases. A CRC
/// is no protection against someone who changes bytes on purpose: anyone can compute it.
///
/// ```
/// use ferrisdb_format::{Checksum, checksum};
///
/// let pieces = Checksum::new().update(b"1234").update(b"56789").finish();
/// assert_eq!(pieces, checksum(b"123456789"));
/// assert_eq!(pieces, 0xcbf4_3926);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Checksum(crc32fast::Hasher);

impl Checksum {
    /// The checksum of no bytes.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `bytes` to what was added before. Where the pieces begin and end makes no
    /// difference, only which bytes follow which.
    #[inline]
    pub fn update(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    /// The checksum of everything added.
    #[inline]
    #[must_use]
    pub fn finish(self) -> u32 {
        self.0.finalize()
    }
}

/// The CRC32 of `bytes`.
#[inline]
#[must_use]
pub fn checksum(bytes: &[u8]) -> u32 {
    Checksum::new().update(bytes).finish()
}
