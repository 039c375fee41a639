//! The place is not compared with the size of the file, so a hostile size takes that much
//! memory.

impl Table {
    pub fn block(
        &self,
        kind: Kind,
        handle: Handle,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Block> {
        let part = kind.into();
        if let Some(block) = self.cached(kind, handle) {
            let from = Origin::Cache;
            touched(Touch { part, handle, from });
            return Ok(block);
        }
        let frame = self.source.read(handle.offset, handle.size as usize)?;
        let from = Origin::File;
        touched(Touch { part, handle, from });
        let block = self.source.block(kind, handle, frame)?;
        self.remember(kind, handle, &block);
        Ok(block)
    }
}
