//! Reading a table.

mod support;

use ferrisdb_core::Timestamp;
use ferrisdb_sstable::{Compression, Options};
use support::{
    article, backward, catalogue, entries, expected, forward, small_blocks, small_parts, table,
};

#[test]
fn smoke() {
    for options in [
        Options::default(),
        small_blocks(),
        small_parts(),
        small_parts().compression(Compression::Zstd),
        small_blocks().filter_bits_per_key(0),
    ] {
        for n in [0, 1, 5, 100, 3000] {
            let versions = catalogue(n);
            let table = table(options.clone(), &versions);
            table.verify().unwrap();
            let all = entries(&versions);
            assert_eq!(forward(&table).unwrap(), all);
            let mut back = backward(&table).unwrap();
            back.reverse();
            assert_eq!(back, all);
            for k in 0..n + 2 {
                for t in [5, 10, 15, 20, 25, 30, u64::MAX] {
                    assert_eq!(
                        table.get(article(k), Timestamp(t)).unwrap(),
                        expected(&versions, article(k).as_bytes(), t)
                    );
                }
            }
        }
    }
}
