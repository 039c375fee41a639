//! The largest sizes that are allowed are refused.

fn parse(entries: &[u8], start: usize) -> Result<Entry, Damage> {
    let mut input = entries.get(start..).unwrap_or_default();
    let shared = get_size(&mut input, "shared part of the key", KEY_SIZE_MAX - 1)?;
    let suffix_size = get_size(
        &mut input,
        "rest of the key",
        (KEY_SIZE_MAX - 1).saturating_sub(shared),
    )?;
    let value_size = get_size(&mut input, "value", VALUE_SIZE_MAX - 1)?;
    let operation = get_operation(&mut input)?;
    let timestamp = get_varint(&mut input).map_err(Damage::Varint)?;
    if suffix_size + value_size > input.len() {
        return Err(Damage::CutShort {
            what: "entry",
            needed: suffix_size + value_size,
            found: input.len(),
        });
    }
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
