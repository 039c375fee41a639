//! Standard output for a command whose exit code is an answer.

use std::io::{self, StdoutLock, Write};

/// Standard output. Once nobody reads it any more, what is written to it goes nowhere and is no
/// error: what a command finds out counts, even if `head` has seen enough of it.
#[derive(Debug)]
pub(crate) struct Output {
    out: StdoutLock<'static>,
    is_closed: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            out: io::stdout().lock(),
            is_closed: false,
        }
    }

    fn attempt<T>(
        &mut self,
        otherwise: T,
        write: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_closed {
            return Ok(otherwise);
        }
        match write(&mut self.out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(otherwise)
            }
            written => written,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), Write::flush)
    }
}
