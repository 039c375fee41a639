//! A file is longer than its header.

impl Header {
    pub fn decode(bytes: &[u8], expected: Magic) -> Result<Self> {
        let bytes: [u8; HEADER_SIZE] = bytes.try_into().map_err(|_| Error::Truncated {
            what: "file header",
            needed: HEADER_SIZE,
            found: bytes.len(),
        })?;
        let mut input = bytes.as_slice();

        let magic = Magic(take(&mut input, MAGIC.name)?);
        let version = Version {
            major: get_u16(&mut input)?,
            minor: get_u16(&mut input)?,
        };
        let flags = get_u32(&mut input)?;
        let size = get_u32(&mut input)?;
        let stored = get_u32(&mut input)?;
        let header = Self {
            magic,
            version,
            flags,
            created_at_us: get_u64(&mut input)?,
            file_number: get_u64(&mut input)?,
            extra: take(&mut input, EXTRA.name)?,
        };

        let computed = checksum_of(&bytes);
        if magic != expected {
            let found = magic;
            Err(Error::BadMagic { expected, found })
        } else if stored != computed {
            Err(Error::BadChecksum { stored, computed })
        } else if version.major != VERSION.major {
            Err(Error::UnsupportedVersion {
                found: version,
                supported: VERSION,
            })
        } else if size != SIZE_STORED {
            Err(Error::BadHeaderSize {
                found: size,
                expected: SIZE_STORED,
            })
        } else {
            Ok(header)
        }
    }
}
