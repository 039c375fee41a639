//! The four bytes of the count are not taken off before the restart points are, so everything lies
//! four bytes too far back.

impl Block {
    pub fn parse(bytes: Bytes) -> Result<Self> {
        let cut_short = |needed| {
            let damage = Damage::CutShort {
                what: "block",
                needed,
                found: bytes.len(),
            };
            Error::damaged(bytes.len(), damage)
        };
        let Some((rest, count)) = bytes.split_last_chunk() else {
            return Err(cut_short(RESTART_SIZE));
        };
        let restarts = u32::from_le_bytes(*count) as usize;
        let needed = restarts.saturating_mul(RESTART_SIZE);
        let Some(entries_end) = bytes.len().checked_sub(needed) else {
            return Err(cut_short(needed.saturating_add(RESTART_SIZE)));
        };
        let block = Self::new(bytes, entries_end, restarts);
        block.check_first_restart()?;
        Ok(block)
    }
}
