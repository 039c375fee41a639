//! Any valid record behind the damage counts as proof, also one that was written before the damaged
//! place was synced.

fn find_proof(number: u64, bytes: &[u8], start: usize, end: u64) -> Option<Proof> {
    (start..bytes.len()).find_map(|offset| {
        let rest = &bytes[offset..];
        // Nearly always says no, and saves the checksum.
        let durable = Record::peek_durable(rest)?;
        let place = Place {
            file_number: number,
            offset: offset as u64,
        };
        let proves = durable <= place.offset;
        (proves && Record::decode(rest, place).is_ok()).then_some(Proof::Record {
            offset: place.offset,
            durable,
        })
    })
}
