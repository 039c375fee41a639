//! A beginning of the next key is taken also where it is as long as the last key, which would do.

pub fn separator(last: InternalKey<'_>, next: InternalKey<'_>) -> OwnedKey {
    let pairs = last.user_key.iter().zip(next.user_key);
    let shared = pairs.take_while(|(last, next)| last == next).count();
    // The shortest beginning of `next` that is above `last`.
    let size = shared + 1;
    if size <= last.user_key.len() && size < next.user_key.len() {
        return OwnedKey {
            user_key: next.user_key[..size].to_vec(),
            timestamp: Timestamp::ZERO,
            operation: Operation::Delete,
        };
    }
    last.into()
}
