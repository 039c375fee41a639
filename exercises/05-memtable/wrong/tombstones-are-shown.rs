//! A deleted key is shown, with an empty value.

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
                advance(front, version::oldest(key));
            } else if entry.key.timestamp > self.as_of {
                advance(front, version::as_of(key, self.as_of));
            } else {
                front.next();
                self.start = Bound::Excluded(Cow::Borrowed(key));
                return Some((key, entry.value));
            }
        }
    }
}
