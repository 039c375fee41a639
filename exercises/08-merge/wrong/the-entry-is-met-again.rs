//! Searches each source for the entry, and stays there: where it is, and where its twins are.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        match self {
            Self::Forward => source.seek(entry),
            Self::Backward => source.seek_for_prev(entry),
        }
    }
}
