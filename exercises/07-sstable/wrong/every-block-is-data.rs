//! Whoever counts is told of data, also where it is a block of the index.

impl Table {
    pub fn block(
        &self,
        kind: Kind,
        handle: Handle,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Block> {
        let part = Part::Data;
        if let Some(block) = self.cached(kind, handle) {
            let from = Origin::Cache;
            touched(Touch { part, handle, from });
            return Ok(block);
        }
        let frame = self.source.frame(kind, handle)?;
        let from = Origin::File;
        touched(Touch { part, handle, from });
        let block = self.source.block(kind, handle, frame)?;
        self.remember(kind, handle, &block);
        Ok(block)
    }
}
