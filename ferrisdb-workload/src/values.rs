//! What is stored under the keys.

use ferrisdb_core::{Random, SeededRandom};

/// How much there is to cut values from, in bytes.
const POOL_SIZE: usize = 1 << 20;

/// Values that compress to about half their size, as in `db_bench`.
///
/// They are cut one after the other from a megabyte that is made once: of every 100 bytes in
/// it, 50 are drawn at random and the other 50 repeat them.
#[derive(Debug)]
pub struct Values {
    pool: Vec<u8>,
    size: usize,
    at: usize,
}

impl Values {
    /// Values of so many bytes each.
    #[must_use]
    pub fn new(size: usize, seed: u64) -> Self {
        let mut random = SeededRandom::new(seed);
        let mut pool = Vec::with_capacity(POOL_SIZE + size + 100);
        while pool.len() < POOL_SIZE + size {
            let mut half = [0; 50];
            for byte in &mut half {
                // Printable, as in `db_bench`.
                *byte = b' ' + (random.next_u64() % 95) as u8;
            }
            pool.extend_from_slice(&half);
            pool.extend_from_slice(&half);
        }
        Self { pool, size, at: 0 }
    }

    /// The next value.
    pub fn draw(&mut self) -> &[u8] {
        if self.at + self.size > self.pool.len() {
            self.at = 0;
        }
        let value = &self.pool[self.at..self.at + self.size];
        self.at += self.size.max(1);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_size_and_repeat_themselves() {
        let mut values = Values::new(100, 1);
        let first = values.draw().to_vec();
        assert_eq!(first.len(), 100);
        assert_eq!(
            first[..50],
            first[50..],
            "the second half repeats the first"
        );
        assert_ne!(first, values.draw());
        for size in [0, 1, 999, POOL_SIZE + 1] {
            let mut values = Values::new(size, 1);
            assert!((0..100).all(|_| values.draw().len() == size));
        }
    }
}
