//! The version is a constant instead of the header's.

impl Header {
    pub fn encode(&self) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        let mut set = |field: Field, value: &[u8]| bytes[field.range()].copy_from_slice(value);
        set(MAGIC, &self.magic.0);
        set(VERSION_MAJOR, &self.version.major.to_le_bytes());
        set(VERSION_MINOR, &VERSION.minor.to_le_bytes());
        set(FLAGS, &self.flags.to_le_bytes());
        set(SIZE, &SIZE_STORED.to_le_bytes());
        set(CREATED_AT, &self.created_at_us.to_le_bytes());
        set(FILE_NUMBER, &self.file_number.to_le_bytes());
        set(EXTRA, &self.extra);

        let checksum = checksum_of(&bytes);
        bytes[CHECKSUM.range()].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }
}
