//! The search behind the damage goes on in steps of a record header, so it finds only what lies at
//! the right distance.

fn find_proof(number: u64, bytes: &[u8], start: usize, end: u64) -> Option<Proof> {
    (start..bytes.len()).step_by(17).find_map(|offset| {
        let rest = &bytes[offset..];
        // Nearly always says no, and saves the checksum.
        let durable = Record::peek_durable(rest)?;
        let place = Place {
            file_number: number,
            offset: offset as u64,
        };
        let proves = (end + 1..=place.offset).contains(&durable);
        (proves && Record::decode(rest, place).is_ok()).then_some(Proof::Record {
            offset: place.offset,
            durable,
        })
    })
}
