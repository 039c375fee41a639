//! Zeros behind a mark are taken for the end of the file, and are not reported.

fn walk(path: &Path, number: u64, bytes: &[u8]) -> Result<Contents> {
    let decode = |offset: usize| {
        let place = Place {
            file_number: number,
            offset: offset as u64,
        };
        Record::decode(&bytes[offset..], place)
    };
    let damaged =
        |offset: usize, reason, proof| Error::corruption(path, offset as u64, reason, proof);

    let mut offset = HEADER_SIZE;
    let snapshot = decode(offset).map_err(|reason| damaged(offset, reason, Proof::Whole))?;
    let mut contents = Contents {
        version: read_snapshot(snapshot)
            .map_err(|reason| damaged(offset, reason, Proof::Checksum))?,
        edits: 0,
        torn_tail: None,
    };
    offset += snapshot.size();
    let tail = loop {
        if offset == bytes.len() {
            return Ok(contents);
        }
        let record = match decode(offset) {
            Ok(record) => record,
            Err(reason) => break (offset, reason),
        };
        let end = offset + record.size();
        match record.kind {
            Kind::Edit => {
                let next = Edit::decode(record.payload)
                    .and_then(|edit| Ok(contents.version.apply(&edit)?));
                contents.version =
                    next.map_err(|reason| damaged(offset, reason, Proof::Checksum))?;
                contents.edits += 1;
                offset = end;
            }
            Kind::Mark if end == bytes.len() => return Ok(contents),
            Kind::Mark if bytes[end..].iter().all(|byte| *byte == 0) => return Ok(contents),
            Kind::Mark => break (end, Invalid::BehindTheMark),
            Kind::Snapshot => {
                let reason = Invalid::SecondSnapshot;
                return Err(damaged(offset, reason, Proof::Checksum));
            }
        }
    };
    let (at, reason) = tail;
    if let Some(proof) = find_proof(number, bytes, at, offset as u64) {
        return Err(damaged(at, reason, proof));
    }
    contents.torn_tail = Some(TornTail {
        path: path.to_owned(),
        offset: at as u64,
        reason,
    });
    Ok(contents)
}
