//! The search believes a mark up to the end of the frame that carries it, and not up to its own
//! position only.

fn find_mark_above(
    position: Position,
    bytes: &[u8],
    number: u64,
    from: u64,
) -> Option<(u64, Position)> {
    let header = SegmentHeader::decode(bytes, number).ok();
    if let Some(header) = header.filter(|header| from == 0 && header.mark > position) {
        return Some((0, header.mark));
    }
    // A mark is never above its own position, which rules out nearly every offset before a
    // checksum has to be computed. Without a header nobody knows the position.
    let start = header.map(|header| header.start);
    let first = usize::try_from(from.max(SEGMENT_HEADER_SIZE)).ok()?;
    (first..bytes.len()).find_map(|at| {
        let offset = at as u64;
        let highest = start.map_or(Position(u64::MAX), |start| start.plus(offset + 17));
        let mark = Record::peek_mark(&bytes[at..]).filter(|&m| position < m && m <= highest)?;
        let place = Place {
            file_number: number,
            offset,
        };
        Record::decode(&bytes[at..], place)
            .ok()
            .map(|_| (offset, mark))
    })
}
