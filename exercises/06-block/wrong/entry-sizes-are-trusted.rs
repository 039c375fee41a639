//! Key and value are taken although the sizes say more than is there, and the slice panics.

fn parse(entries: &[u8], start: usize) -> Result<Entry, Damage> {
    let mut input = entries.get(start..).unwrap_or_default();
    let shared = get_size(&mut input, "shared part of the key", KEY_SIZE_MAX)?;
    let suffix_size = get_size(&mut input, "rest of the key", KEY_SIZE_MAX - shared)?;
    let value_size = get_size(&mut input, "value", VALUE_SIZE_MAX)?;
    let operation = get_operation(&mut input)?;
    let timestamp = get_varint(&mut input).map_err(Damage::Varint)?;
    let suffix_start = entries.len() - input.len();
    let value_start = suffix_start + suffix_size;
    Ok(Entry {
        shared,
        suffix: suffix_start..value_start,
        value: value_start..value_start + value_size,
        timestamp: Timestamp(timestamp),
        operation,
    })
}
