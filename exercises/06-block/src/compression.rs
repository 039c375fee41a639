//! *Given.* The compression of a block's bytes, done by two libraries.

use std::cell::RefCell;
use std::io;

use bytes::Bytes;
use zstd::bulk::{Compressor, Decompressor};

use crate::Damage;

/// How the bytes of a block are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None = 0,
    /// LZ4: fast in both directions.
    #[default]
    Lz4 = 1,
    /// Zstandard at its level 3: smaller, and slower in both directions.
    Zstd = 2,
}

/// The level of Zstandard: the library's own default.
const ZSTD_LEVEL: i32 = 3;

/// No frame holds more bytes than this many times what is stored: a short frame cannot make its
/// reader take much memory. No LZ4 block can; a Zstandard block that does is stored otherwise.
pub(crate) const RATIO_MAX: usize = 255;

impl Compression {
    /// The compression that a number stands for.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::Lz4),
            2 => Some(Self::Zstd),
            _ => None,
        }
    }
}

thread_local! {
    // To make these takes longer than to use them for one block.
    static ZSTD_COMPRESSOR: RefCell<io::Result<Compressor<'static>>> =
        RefCell::new(Compressor::new(ZSTD_LEVEL));
    static ZSTD_DECOMPRESSOR: RefCell<io::Result<Decompressor<'static>>> =
        RefCell::new(Decompressor::new());
}

/// Appends `payload` to `out`, compressed if that pays, and returns how it was compressed.
///
/// It pays if an eighth of the bytes is saved; reading a block that was stored as it is costs
/// nothing.
pub(crate) fn append(compression: Compression, payload: &[u8], out: &mut Vec<u8>) -> Compression {
    let compressed = match compression {
        Compression::None => None,
        Compression::Lz4 => Some(lz4_flex::block::compress(payload)),
        Compression::Zstd => {
            ZSTD_COMPRESSOR.with_borrow_mut(|zstd| zstd.as_mut().ok()?.compress(payload).ok())
        }
    };
    let most = payload.len() - payload.len() / 8;
    match compressed {
        Some(bytes) if bytes.len().saturating_mul(RATIO_MAX) < payload.len() => {
            // Only Zstandard can be that good.
            append(Compression::Lz4, payload, out)
        }
        Some(bytes) if bytes.len() < most => {
            out.extend_from_slice(&bytes);
            compression
        }
        _ => {
            out.extend_from_slice(payload);
            Compression::None
        }
    }
}

/// What was compressed to `stored`: exactly `raw_size` bytes, or damage. The caller has found
/// that to be a size that is allowed.
pub(crate) fn decompress(
    compression: Compression,
    stored: Bytes,
    raw_size: usize,
) -> Result<Bytes, Damage> {
    let raw = match compression {
        Compression::None => Some(stored),
        Compression::Lz4 => lz4_flex::block::decompress(&stored, raw_size)
            .ok()
            .map(Bytes::from),
        Compression::Zstd => ZSTD_DECOMPRESSOR.with_borrow_mut(|zstd| {
            let raw = zstd.as_mut().ok()?.decompress(&stored, raw_size);
            raw.ok().map(Bytes::from)
        }),
    };
    raw.filter(|raw| raw.len() == raw_size)
        .ok_or(Damage::Decompress { raw_size })
}
