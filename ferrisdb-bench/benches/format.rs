//! What the file format costs.
//!
//! Reading is measured on a file in the page cache, in two ways: into a fresh buffer each time,
//! and into one that is used again. Against each stands the same read into zeros.

use std::hint::black_box;
use std::time::Duration;

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{Access, File, FileSystem, OsFileSystem};
use ferrisdb_format::{BytesMutExt, Header, Magic, checksum, get_varint, put_varint};

const SIZES: [(&str, usize); 4] = [
    ("64 B", 64),
    ("4 KiB", 4 << 10),
    ("1 MiB", 1 << 20),
    ("16 MiB", 16 << 20),
];

fn reads(c: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("file");
    std::fs::write(&path, vec![7; 16 << 20]).expect("16 MiB fit on the disk");
    let file = OsFileSystem.open(&path, Access::Read);
    let file = &*file.expect("the file was just written");

    let mut group = c.benchmark_group("read");
    group.measurement_time(Duration::from_secs(3));
    for (name, size) in SIZES {
        group.throughput(Throughput::Bytes(size as u64));
        let mut bench = |kind: &str, read: &mut dyn FnMut()| {
            group.bench_function(BenchmarkId::new(kind, name), |b| b.iter(&mut *read));
        };
        bench("fresh, zeros first", &mut || {
            black_box(zeros_first(BytesMut::new(), file, size));
        });
        bench("fresh, read_exact_from", &mut || {
            black_box(read_exact_from(BytesMut::new(), file, size));
        });
        bench("fresh and reserved, read_exact_from", &mut || {
            black_box(read_exact_from(BytesMut::with_capacity(size), file, size));
        });

        let mut reused = BytesMut::with_capacity(size);
        bench("reused, zeros first", &mut || {
            reused = zeros_first(std::mem::take(&mut reused), file, size);
        });
        bench("reused, read_exact_from", &mut || {
            reused = read_exact_from(std::mem::take(&mut reused), file, size);
        });
    }
    group.finish();
}

/// What one does without `read_exact_from`.
fn zeros_first(mut buffer: BytesMut, file: &dyn File, size: usize) -> BytesMut {
    buffer.clear();
    if buffer.capacity() < size {
        buffer = BytesMut::zeroed(size);
    } else {
        buffer.resize(size, 0);
    }
    let read = file.read_exact_at(0, &mut buffer);
    read.expect("the file has that many bytes");
    buffer
}

fn read_exact_from(mut buffer: BytesMut, file: &dyn File, size: usize) -> BytesMut {
    buffer.clear();
    let read = buffer.read_exact_from(file, 0, size);
    read.expect("the file has that many bytes");
    buffer
}

fn header(c: &mut Criterion) {
    let header = Header::new(Magic::WAL, 42, 1_795_255_200_000_000);
    let bytes = header.encode();
    c.bench_function("header/encode", |b| b.iter(|| black_box(&header).encode()));
    c.bench_function("header/decode", |b| {
        b.iter(|| Header::decode(black_box(&bytes), Magic::WAL));
    });
}

fn varints(c: &mut Criterion) {
    let mut group = c.benchmark_group("1000 varints");
    for (name, value) in [("1 byte", 100), ("2 bytes", 300), ("10 bytes", u64::MAX)] {
        let put = |bytes: &mut Vec<u8>| {
            bytes.clear();
            for _ in 0..1000 {
                put_varint(bytes, black_box(value));
            }
        };
        let mut bytes = Vec::new();
        put(&mut bytes);
        group.bench_function(BenchmarkId::new("put", name), |b| {
            b.iter(|| put(&mut bytes));
        });
        group.bench_function(BenchmarkId::new("get", name), |b| {
            b.iter(|| {
                let mut input = black_box(bytes.as_slice());
                let mut sum = 0_u64;
                while let Ok(value) = get_varint(&mut input) {
                    sum = sum.wrapping_add(value);
                }
                sum
            });
        });
    }
    group.finish();
}

fn checksums(c: &mut Criterion) {
    let bytes = vec![7; 4 << 10];
    let mut group = c.benchmark_group("checksum");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("4 KiB", |b| b.iter(|| checksum(black_box(&bytes))));
    group.finish();
}

criterion_group!(benches, reads, header, varints, checksums);
criterion_main!(benches);
