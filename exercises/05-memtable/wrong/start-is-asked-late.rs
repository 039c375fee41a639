//! Backwards, whether the start of the range is passed is asked only when there is something to show.

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let list = self.list?;
        let back = self.back.get_or_insert_with(|| at_end(list, &self.end));
        loop {
            let oldest = back.current()?;
            let key = oldest.key.user_key;
            let mut found = (oldest.key.timestamp <= self.as_of).then_some(oldest);
            back.prev();
            if back.current().is_some_and(|next| next.key.user_key == key) {
                // There are newer versions. Going back is a search for each of them, so one
                // search for the right one is never slower.
                found = found.and_then(|_| list.get(version::as_of(key, self.as_of)));
                place_before(back, key);
            }
            if found.is_some() && is_before(key, &self.start) {
                return None;
            }
            self.end = Bound::Excluded(Cow::Borrowed(key));
            if let Some(entry) = found
                && entry.key.operation == Operation::Put
            {
                return Some((key, entry.value));
            }
        }
    }
}
