//! An index block in which nothing can be sought counts as one that leads nowhere.

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
        // No version that a reader at `as_of` may see comes before this one.
        let target = InternalKey {
            user_key,
            timestamp: as_of,
            operation: Operation::Put,
        };
        let (mut kind, mut handle) = (Kind::Index, self.footer.index);
        let Ok(block) = self.index_block(handle, touched) else {
            return Ok(None);
        };
        let mut cursor = block.cursor();
        if cursor.seek(target).is_err() {
            return Ok(None);
        }
        for level in 1..=self.footer.index_levels as usize {
            if !cursor.is_valid() {
                return Ok(None);
            }
            let next = self.child(level, handle, cursor.value())?;
            (kind, handle) = (self.kind_at(level), next);
            cursor.set_block(match kind {
                Kind::Data => self.block(kind, handle, touched)?,
                _ => match self.index_block(handle, touched) {
                    Ok(block) => block,
                    Err(_) => return Ok(None),
                },
            });
            let found = cursor
                .seek(target)
                .map_err(self.source.damaged(kind, handle));
            if kind == Kind::Data {
                found?;
            }
        }
        if !cursor.is_valid() || cursor.key().user_key != user_key {
            return Ok(None);
        }
        Ok(Some(match cursor.key().operation {
            Operation::Put => Found::Value(cursor.value_bytes()),
            Operation::Delete => Found::Deleted,
        }))
    }
}
