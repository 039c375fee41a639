//! Panics as failures: what panics has failed, and is to say which history it was.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

/// What the last panic said, and where.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// From now on a panic prints nothing.
pub(crate) fn quiet() {
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or_default();
        let place = info.location().map(ToString::to_string);
        let said = format!("it panicked: {text} ({})", place.unwrap_or_default());
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        // Where threads panic because another has, the first says why.
        last.get_or_insert(said);
    }));
}

/// Does something; a panic in it is a failure.
pub(crate) fn caught<T>(attempt: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        Err(last.take().unwrap_or_else(|| "it panicked".to_owned()))
    })
}
