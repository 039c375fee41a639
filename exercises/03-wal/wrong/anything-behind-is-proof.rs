//! Any valid record behind the damage counts as proof, whatever its mark: a power cut that
//! loses an earlier write becomes corruption.

fn find_mark_above(
    position: Position,
    bytes: &[u8],
    number: u64,
    from: u64,
) -> Option<(u64, Position)> {
    let header = SegmentHeader::decode(bytes, number).ok();
    if let Some(header) = header.filter(|header| from == 0 && header.mark <= header.start) {
        return Some((0, header.mark));
    }
    // A mark is never above its own position, which rules out nearly every offset before a
    // checksum has to be computed. Without a header nobody knows the position.
    let start = header.map(|header| header.start);
    let first = usize::try_from(from.max(SEGMENT_HEADER_SIZE)).ok()?;
    (first..bytes.len()).find_map(|at| {
        let offset = at as u64;
        let highest = start.map_or(Position(u64::MAX), |start| start.plus(offset));
        let mark = Record::peek_mark(&bytes[at..]).filter(|&m| m <= highest)?;
        let place = Place {
            file_number: number,
            offset,
        };
        Record::decode(&bytes[at..], place)
            .ok()
            .map(|_| (offset, mark))
    })
}
