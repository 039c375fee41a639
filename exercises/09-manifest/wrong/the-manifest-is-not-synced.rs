//! The new manifest is made current without a sync of its bytes.

impl Active {
    fn create(
        environment: &Environment,
        directory: &Path,
        number: u64,
        version: &Version,
    ) -> Result<Self> {
        let path = FileName::Manifest(number).path(directory);
        let mut payload = Vec::new();
        put_varint(&mut payload, version.number());
        version.as_edit().encode(&mut payload);
        let snapshot = Record {
            kind: Kind::Snapshot,
            durable: 0,
            payload: &payload,
        };
        let place = Place {
            file_number: number,
            offset: HEADER_SIZE as u64,
        };
        let header = Header::new(Magic::MANIFEST, number, environment.clock.unix_us());
        let mut bytes = header.encode().to_vec();
        bytes.extend(snapshot.encode(place)?);

        let file = create_anew(&*environment.fs, &path)?;
        file.write_all_at(0, &bytes).context("write to", &path)?;
        let end = bytes.len() as u64;
        Ok(Self {
            file,
            path,
            number,
            snapshot_end: end,
            end,
        })
    }
}
