//! Behind a tombstone the scan jumps to the oldest version of the key and does not note that the key is done. A version as of 0 lies exactly there.

impl<'a> Iterator for Scan<'a> {
    fn next(&mut self) -> Option<Self::Item> {
        let list = self.list?;
        let front = self
            .front
            .get_or_insert_with(|| at_start(list, &self.start));
        loop {
            let entry = front.current()?;
            let key = entry.key.user_key;
            if is_behind(key, &self.end) {
                return None;
            }
            if is_before(key, &self.start) {
                // An older version of a key that is done.
                advance(front, version::oldest(key));
            } else if entry.key.timestamp > self.as_of {
                advance(front, version::as_of(key, self.as_of));
            } else {
                if entry.key.operation == Operation::Put {
                    self.start = Bound::Excluded(Cow::Borrowed(key));
                    front.next();
                    return Some((key, entry.value));
                }
                advance(front, version::oldest(key));
            }
        }
    }
}
