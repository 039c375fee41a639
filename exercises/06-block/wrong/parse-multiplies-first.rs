//! The count is multiplied and subtracted without a check, so a damaged one makes it panic.

impl Block {
    pub fn parse(bytes: Bytes) -> Result<Self> {
        let Some((rest, count)) = bytes.split_last_chunk() else {
            let damage = Damage::CutShort {
                what: "block",
                needed: RESTART_SIZE,
                found: bytes.len(),
            };
            return Err(Error::damaged(bytes.len(), damage));
        };
        let restarts = u32::from_le_bytes(*count) as usize;
        let entries_end = rest.len() - restarts * RESTART_SIZE;
        let block = Self::new(bytes, entries_end, restarts);
        block.check_first_restart()?;
        Ok(block)
    }
}
