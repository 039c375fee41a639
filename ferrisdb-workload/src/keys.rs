//! Which keys are asked for, and in which order.

use ferrisdb_core::Random;

/// The size of a key, in bytes.
pub const KEY_SIZE: usize = 16;

/// A key: its number in 16 decimal digits, so that keys lie in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key([u8; KEY_SIZE]);

impl Key {
    /// The key of a number.
    #[must_use]
    pub fn new(mut number: u64) -> Self {
        let mut digits = [b'0'; KEY_SIZE];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789"[(number % 10) as usize];
            number /= 10;
        }
        Self(digits)
    }

    /// A key beside that of a number which is certainly in no database: it ends in a dot.
    #[must_use]
    pub fn missing(number: u64) -> [u8; KEY_SIZE + 1] {
        let mut bytes = [b'.'; KEY_SIZE + 1];
        bytes[..KEY_SIZE].copy_from_slice(&Self::new(number).0);
        bytes
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The numbers below some number, each once, in an order without pattern.
///
/// A Feistel network of four rounds over as many bits as the numbers need, walked on until it
/// meets a number that is small enough (Black and Rogaway, "Ciphers with Arbitrary Finite
/// Domains", 2002). So the order needs no memory, and any place in it can be asked for.
#[derive(Debug, Clone, Copy)]
pub struct Permutation {
    count: u64,
    half_bits: u32,
    seed: u64,
}

impl Permutation {
    /// An order of the numbers below `count`, a different one for each seed.
    #[must_use]
    pub fn new(count: u64, seed: u64) -> Self {
        let bits = (64 - count.saturating_sub(1).leading_zeros()).max(2);
        Self {
            count,
            half_bits: bits.div_ceil(2),
            seed,
        }
    }

    /// The number at a place, which is below the count.
    #[must_use]
    pub fn at(&self, place: u64) -> u64 {
        let mut number = self.encrypt(place);
        while number >= self.count {
            number = self.encrypt(number);
        }
        number
    }

    fn encrypt(&self, number: u64) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (number >> self.half_bits, number & mask);
        for round in 0..4 {
            let mixed = mix(right ^ self.seed.rotate_left(16 * round));
            (left, right) = (right, left ^ (mixed & mask));
        }
        (left << self.half_bits) | right
    }
}

/// Spreads a number over all bits, and back (the end of `SplitMix64`).
pub(crate) fn mix(mut number: u64) -> u64 {
    number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Numbers of which few are drawn often and many seldom: the `n`-th with a chance of about
/// `1 / n^0.99`, as in YCSB.
///
/// Drawn as in Gray and others, "Quickly Generating Billion-Record Synthetic Databases", 1994.
#[derive(Debug, Clone, Copy)]
pub struct Zipf {
    count: f64,
    zeta: f64,
    alpha: f64,
    eta: f64,
}

const THETA: f64 = 0.99;

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are far below 2^52, and a draw lies between zero and the count"
)]
impl Zipf {
    /// Draws numbers below `count`, which is at least 1.
    #[must_use]
    pub fn new(count: u64) -> Self {
        let (zeta, zeta_two) = (zeta(count), zeta(2));
        let count = count as f64;
        Self {
            count,
            zeta,
            alpha: 1.0 / (1.0 - THETA),
            eta: (1.0 - (2.0 / count).powf(1.0 - THETA)) / (1.0 - zeta_two / zeta),
        }
    }

    /// The next number; 0 is the most frequent.
    pub fn draw(&self, random: &mut impl Random) -> u64 {
        let uniform = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let scaled = uniform * self.zeta;
        if scaled < 1.0 || self.count < 2.0 {
            return 0;
        }
        if scaled < 1.0 + 0.5_f64.powf(THETA) {
            return 1;
        }
        let base = self.eta.mul_add(uniform, 1.0 - self.eta);
        let number = self.count * base.powf(self.alpha);
        (number as u64).min(self.count as u64 - 1)
    }
}

/// The sum of `1 / n^0.99` up to `count`. Behind the first 10,000 it is taken as an area.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn zeta(count: u64) -> f64 {
    const EXACT: u64 = 10_000;
    let exact: f64 = (1..=count.min(EXACT))
        .map(|n| (n as f64).powf(-THETA))
        .sum();
    if count <= EXACT {
        return exact;
    }
    let area = |to: u64| (to as f64 + 0.5).powf(1.0 - THETA) / (1.0 - THETA);
    exact + area(count) - area(EXACT)
}

#[cfg(test)]
mod tests {
    use ferrisdb_core::SeededRandom;

    use super::*;

    #[test]
    fn keys_lie_in_the_order_of_their_numbers() {
        assert_eq!(Key::new(1_234).as_ref(), b"0000000000001234");
        assert!(Key::new(9) < Key::new(10));
        assert_eq!(Key::missing(7), *b"0000000000000007.");
    }

    #[test]
    fn a_permutation_has_every_number_once() {
        for count in [1, 2, 3, 7, 64, 100, 1_000, 4_097] {
            for seed in [0, 1, u64::MAX] {
                let order = Permutation::new(count, seed);
                let mut numbers: Vec<u64> = (0..count).map(|place| order.at(place)).collect();
                if count > 64 {
                    assert!(!numbers.is_sorted(), "{count} numbers have an order");
                }
                numbers.sort_unstable();
                assert_eq!(numbers, (0..count).collect::<Vec<_>>(), "{count} numbers");
            }
        }
    }

    #[test]
    fn the_first_of_a_thousand_is_drawn_about_every_eighth_time() {
        let (zipf, mut random) = (Zipf::new(1_000), SeededRandom::new(1));
        let mut drawn = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            drawn[usize::try_from(zipf.draw(&mut random)).unwrap()] += 1;
        }
        // 1 / zeta(1000) is 0.129.
        assert!((12_000..14_000).contains(&drawn[0]), "{}", drawn[0]);
        assert!(drawn[0] > drawn[1] && drawn[1] > drawn[10] && drawn[10] > drawn[500]);
        let mut lonely = SeededRandom::new(1);
        assert_eq!(Zipf::new(1).draw(&mut lonely), 0);
    }

    #[test]
    fn a_long_sum_is_as_good_as_exact() {
        let exact: f64 = (1..=1_000_000).map(|n| f64::from(n).powf(-THETA)).sum();
        assert!((zeta(1_000_000) - exact).abs() < 1e-6);
    }
}
