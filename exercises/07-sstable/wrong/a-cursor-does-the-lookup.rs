//! A cursor looks the key up. Where the block does not have it, the cursor goes on to the next
//! block, and nobody is told which parts were touched.

impl Table {
    pub fn lookup(
        &self,
        user_key: &[u8],
        as_of: Timestamp,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Option<Found<Bytes>>> {
        if !self.may_contain(user_key, touched)? {
            return Ok(None);
        }
        let mut cursor = self.cursor();
        cursor.seek(InternalKey {
            user_key,
            timestamp: as_of,
            operation: Operation::Put,
        })?;
        if !cursor.is_valid() || cursor.key().user_key != user_key {
            return Ok(None);
        }
        Ok(Some(match cursor.key().operation {
            Operation::Put => Found::Value(cursor.value_bytes()),
            Operation::Delete => Found::Deleted,
        }))
    }
}
