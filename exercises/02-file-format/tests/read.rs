//! `read_exact_from`: all of it or nothing, no large buffer for bytes that are not there, and
//! no trust in whoever implements `File`.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use ferrisdb_core::File;
use ferrisdb_format::BytesMutExt;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use allocations::allocated_by;

#[path = "support/allocations.rs"]
mod allocations;

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

/// More reads than any test needs.
const READS_MAX: usize = 1000;

/// Below this, a read is given its memory without a question.
const UNCHECKED_SIZE_MAX: usize = 64 << 10;

/// How a [`TestFile`] answers a read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    /// With at most so many bytes.
    UpTo(usize),
    /// With an error.
    Fail(ErrorKind),
    /// With bytes from elsewhere, which somebody else has filled.
    Elsewhere,
    /// With bytes of the buffer, but not its first ones.
    SecondHalf,
}

/// A file in memory whose answers are scripted. When the script is over, it answers in full.
#[derive(Debug)]
struct TestFile {
    bytes: Vec<u8>,
    script: Mutex<Vec<Answer>>,
    /// Offset and buffer size of each read.
    reads: Mutex<Vec<(u64, usize)>>,
    /// How often it was asked for its size.
    questions: AtomicUsize,
}

impl TestFile {
    fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            script: Mutex::default(),
            reads: Mutex::default(),
            questions: AtomicUsize::new(0),
        }
    }

    fn answering(self, script: &[Answer]) -> Self {
        let script = Mutex::new(script.iter().rev().copied().collect());
        Self { script, ..self }
    }

    fn reads(&self) -> Vec<(u64, usize)> {
        locked(&self.reads).clone()
    }

    /// What is left of the script.
    fn left(&self) -> usize {
        locked(&self.script).len()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl File for TestFile {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).map_or(self.bytes.len(), |o| o.min(self.bytes.len()));
        let rest = &self.bytes[start..];
        let size = rest.len().min(buf.len());
        buf[..size].copy_from_slice(&rest[..size]);
        Ok(size)
    }

    fn read_uninit_at<'b>(
        &self,
        offset: u64,
        buf: &'b mut [MaybeUninit<u8>],
    ) -> io::Result<&'b mut [u8]> {
        let mut reads = locked(&self.reads);
        assert!(
            reads.len() < READS_MAX,
            "the file was read {READS_MAX} times; this seems to go on for ever"
        );
        reads.push((offset, buf.len()));
        let answer = locked(&self.script).pop();
        let fill = |buf: &'b mut [MaybeUninit<u8>], size_max: usize| {
            let mut bytes = vec![0; buf.len().min(size_max)];
            let size = self.read_at(offset, &mut bytes)?;
            Ok(buf[..size].write_copy_of_slice(&bytes[..size]))
        };
        match answer.unwrap_or(Answer::UpTo(usize::MAX)) {
            Answer::UpTo(size_max) => fill(buf, size_max),
            Answer::Fail(kind) => Err(kind.into()),
            Answer::Elsewhere => Ok(vec![b'?'; buf.len()].leak()),
            Answer::SecondHalf => {
                let half = buf.len() / 2;
                fill(&mut buf[half..], usize::MAX)
            }
        }
    }

    fn size(&self) -> io::Result<u64> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        Ok(self.bytes.len() as u64)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<usize> {
        unreachable!("this file is only read")
    }

    fn append(&self, _: &[u8]) -> io::Result<usize> {
        unreachable!("this file is only read")
    }

    fn truncate(&self, _: u64) -> io::Result<()> {
        unreachable!("this file is only read")
    }

    fn allocate(&self, _: u64) -> io::Result<()> {
        unreachable!("this file is only read")
    }

    fn sync_data(&self) -> io::Result<()> {
        unreachable!("this file is only read")
    }

    fn sync(&self) -> io::Result<()> {
        unreachable!("this file is only read")
    }
}

/// 100 bytes, each telling its offset.
fn counting_file() -> TestFile {
    let bytes: Vec<u8> = (0..100).collect();
    TestFile::new(&bytes)
}

/// A buffer with something in it and room for `spare` more bytes.
fn buffer(spare: usize) -> BytesMut {
    let mut buffer = BytesMut::with_capacity(6 + spare);
    buffer.extend_from_slice(b"before");
    buffer
}

/// Reads, expects an error, and checks that the buffer is as it was.
fn refused(file: &TestFile, offset: u64, size: usize, spare: usize) -> io::Error {
    let mut buffer = buffer(spare);
    let error = buffer
        .read_exact_from(file, offset, size)
        .expect_err("this read must fail");
    assert_eq!(
        buffer,
        b"before"[..],
        "after an error the buffer holds what it held before"
    );
    error
}

// What is decided before anything is read.

#[test]
fn nothing_is_allocated_for_a_large_read_that_the_file_cannot_fill() {
    let file = TestFile::new(&vec![7; 1 << 20]);
    let reads = [
        (0, (1 << 20) + 1),
        ((1 << 20) - 10, 100_000),
        (1 << 20, 100_000),
        (5 << 20, 1 << 28),
    ];
    for (offset, size) in reads {
        let (error, allocated) = allocated_by(|| refused(&file, offset, size, 0));
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert!(
            allocated < 64,
            "{allocated} bytes allocated to read {size} at {offset} from a file of {}",
            1 << 20
        );
    }
    assert_eq!(file.reads(), [], "what cannot be filled is not begun");
}

#[test]
fn a_size_from_a_damaged_file_is_an_error_and_no_panic() {
    let file = counting_file();
    let offsets = [0, 1, 100, u64::MAX / 2, u64::MAX - 1, u64::MAX];
    for offset in offsets {
        for size in [usize::MAX, usize::MAX - 1, usize::MAX / 2] {
            let error = refused(&file, offset, size, 0);
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{size} at {offset}");
        }
    }
}

#[test]
fn an_offset_beyond_all_files_is_an_error_even_if_there_is_room() {
    let file = counting_file();
    for offset in [u64::MAX - 3, u64::MAX] {
        let error = refused(&file, offset, 4, 100);
        assert_eq!(
            error.kind(),
            ErrorKind::UnexpectedEof,
            "4 bytes at {offset}"
        );
    }
}

#[test]
fn reading_nothing_reads_nothing() {
    let file = counting_file();
    for offset in [0, 100, 5000] {
        let mut buffer = buffer(0);
        buffer.read_exact_from(&file, offset, 0).unwrap();
        assert_eq!(buffer, b"before"[..]);
    }
    assert_eq!(file.reads(), [], "0 bytes need no read");
}

// Reading.

#[test]
fn bytes_are_appended_to_what_is_there() {
    for spare in [0, 3, 5, 100] {
        let file = counting_file();
        let mut buffer = buffer(spare);
        buffer.read_exact_from(&file, 7, 5).unwrap();
        assert_eq!(buffer, b"before\x07\x08\x09\x0a\x0b"[..]);
        buffer.read_exact_from(&file, 0, 2).unwrap();
        assert_eq!(buffer, b"before\x07\x08\x09\x0a\x0b\x00\x01"[..]);
    }
}

#[test]
fn no_byte_is_read_that_nobody_asked_for() {
    let file = counting_file();
    buffer(1000).read_exact_from(&file, 7, 5).unwrap();
    assert_eq!(
        file.reads(),
        [(7, 5)],
        "one read of 5 bytes at 7, however much room the buffer has"
    );
}

#[test]
fn a_short_read_is_continued() {
    let file = counting_file().answering(&[Answer::UpTo(3), Answer::UpTo(1)]);
    let mut buffer = buffer(0);
    buffer.read_exact_from(&file, 10, 10).unwrap();
    let expected: Vec<u8> = b"before".iter().copied().chain(10..20).collect();
    assert_eq!(buffer, expected);
    assert_eq!(
        file.reads(),
        [(10, 10), (13, 7), (14, 6)],
        "each read asks for what is missing, at the place where it is missing"
    );
}

#[test]
fn an_interrupted_read_is_tried_again() {
    let interrupted = Answer::Fail(ErrorKind::Interrupted);
    let script = [interrupted, Answer::UpTo(3), interrupted, interrupted];
    let file = counting_file().answering(&script);
    let mut buffer = buffer(0);
    buffer.read_exact_from(&file, 10, 4).unwrap();
    assert_eq!(buffer, b"before\x0a\x0b\x0c\x0d"[..]);
    assert_eq!(file.left(), 0, "all interruptions were met");
}

#[test]
fn a_file_that_ends_early_is_an_error() {
    // The memory is there, so nobody has to ask the file for its size.
    let error = refused(&counting_file(), 90, 11, 100);
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);

    // The file is cut while it is read.
    let script = [Answer::UpTo(3), Answer::UpTo(0)];
    let error = refused(&counting_file().answering(&script), 0, 10, 0);
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn an_error_half_way_leaves_the_buffer_as_it_was() {
    let script = [Answer::UpTo(3), Answer::Fail(ErrorKind::PermissionDenied)];
    let file = counting_file().answering(&script);
    let error = refused(&file, 0, 10, 0);
    assert_eq!(
        error.kind(),
        ErrorKind::PermissionDenied,
        "the file's own error"
    );
}

#[test]
fn memory_from_elsewhere_is_not_taken_for_the_buffer() {
    for hostile in [Answer::Elsewhere, Answer::SecondHalf] {
        for script in [&[hostile][..], &[Answer::UpTo(4), hostile]] {
            let file = counting_file().answering(script);
            refused(&file, 0, 10, 0);
            assert_eq!(file.left(), 0, "the read of {hostile:?} was met");
        }
    }
}

#[test]
fn a_small_read_that_the_file_cannot_fill_is_an_error() {
    let file = counting_file();
    for (offset, size) in [
        (0, 101),
        (90, 11),
        (100, 1),
        (5000, 7),
        (0, UNCHECKED_SIZE_MAX),
    ] {
        let error = refused(&file, offset, size, 0);
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{size} at {offset}");
    }
}

#[test]
fn a_file_is_not_asked_for_its_size_if_there_is_room() {
    let file = TestFile::new(&vec![7; 100_000]);
    let mut buffer = buffer(100_000);
    buffer.read_exact_from(&file, 0, 100_000).unwrap();
    assert_eq!(
        file.questions.into_inner(),
        0,
        "nothing has to be allocated, so the size of the file is nobody's business"
    );
}

#[test]
fn a_small_read_is_not_worth_a_question() {
    for (size, questions) in [(1, 0), (UNCHECKED_SIZE_MAX, 0), (UNCHECKED_SIZE_MAX + 1, 1)] {
        let whole_file = TestFile::new(&vec![7; size]);
        buffer(0).read_exact_from(&whole_file, 0, size).unwrap();
        assert_eq!(
            whole_file.questions.into_inner(),
            questions,
            "how often the file was asked for its size, to read {size} bytes"
        );
    }
}

#[test]
fn no_more_is_reserved_than_was_asked_for() {
    let file = TestFile::new(&vec![7; 1 << 20]);
    for size in [100, 100_000] {
        let mut buffer = buffer(0);
        buffer.read_exact_from(&file, 1000, size).unwrap();
        assert_eq!(buffer.len(), 6 + size);
        assert!(
            buffer.capacity() < 3 * buffer.len(),
            "room for {} bytes, to hold {}",
            buffer.capacity(),
            buffer.len()
        );
    }
}

#[test]
fn memory_that_is_there_is_used() {
    let file = counting_file();
    let mut buffer = buffer(50);
    let (result, allocated) = allocated_by(|| buffer.read_exact_from(&file, 0, 50));
    result.unwrap();
    // The test file itself needs some memory to answer.
    assert!(
        allocated < 500,
        "{allocated} bytes allocated although there was room"
    );
    assert_eq!(buffer.len(), 56);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_read_is_all_of_it_or_nothing(
        offset in 0..120_u64,
        size in 0..120_usize,
        spare in 0..120_usize,
        steps in proptest::collection::vec(1..40_usize, 0..8),
    ) {
        let script: Vec<_> = steps.iter().map(|&step| Answer::UpTo(step)).collect();
        let file = counting_file().answering(&script);
        let mut buffer = buffer(spare);
        let result = buffer.read_exact_from(&file, offset, size);

        let mut expected = b"before".to_vec();
        let there = usize::try_from(offset).unwrap() + size <= 100;
        if there {
            let bytes = (0..100).skip(usize::try_from(offset).unwrap()).take(size);
            expected.extend(bytes);
        }
        prop_assert_eq!(result.is_ok(), there || size == 0);
        prop_assert_eq!(&buffer[..], &expected);
    }
}
