//! Whether the end of the range is reached is asked only of versions that could be shown, so the scan goes through all keys behind it that the reader does not see.

impl<'a> Iterator for Scan<'a> {
    fn next(&mut self) -> Option<Self::Item> {
        let list = self.list?;
        let front = self
            .front
            .get_or_insert_with(|| at_start(list, &self.start));
        loop {
            let entry = front.current()?;
            let key = entry.key.user_key;
            if is_before(key, &self.start) {
                // An older version of a key that is done.
                advance(front, version::oldest(key));
            } else if entry.key.timestamp > self.as_of {
                advance(front, version::as_of(key, self.as_of));
            } else {
                if is_behind(key, &self.end) {
                    return None;
                }
                front.next();
                self.start = Bound::Excluded(Cow::Borrowed(key));
                if entry.key.operation == Operation::Put {
                    return Some((key, entry.value));
                }
            }
        }
    }
}
