//! The frame is opened as what the caller wants to see only when it is data; an index passes
//! for data.

impl Table {
    pub fn block(
        &self,
        kind: Kind,
        handle: Handle,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Block> {
        let part = kind.into();
        if let Some(block) = self.cached(handle) {
            let from = Origin::Cache;
            touched(Touch { part, handle, from });
            return Ok(block);
        }
        let frame = self.source.frame(kind, handle)?;
        let from = Origin::File;
        touched(Touch { part, handle, from });
        let block = self
            .source
            .block(kind, handle, frame.clone())
            .or_else(|_| self.source.block(Kind::Index, handle, frame))?;
        self.remember(handle, &block);
        Ok(block)
    }
}
