//! Step 3: a Bloom filter, as simple as it can be.
//!
//! A row of lamps, all dark. To add a key, three numbers are made from it, and these three lamps
//! are lit. To ask for a key, the same three numbers are made: if one of these lamps is dark, the
//! key was never added.

/// How many lamps a key lights.
const PROBES: u64 = 3;

/// A row of lamps.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Which lamps are lit.
    pub lamps: Vec<bool>,
}

impl Filter {
    /// A row of `lamps` dark lamps; at least one.
    pub fn new(lamps: usize) -> Self {
        Self {
            lamps: vec![false; lamps.max(1)],
        }
    }

    /// The numbers of the lamps that belong to a key.
    pub fn lamps_of(&self, key: &str) -> Vec<usize> {
        let count = self.lamps.len() as u64;
        let lamp = |probe| usize::try_from(hash(probe, key) % count);
        (0..PROBES).filter_map(|probe| lamp(probe).ok()).collect()
    }

    /// Lights the lamps of a key.
    pub fn add(&mut self, key: &str) {
        for lamp in self.lamps_of(key) {
            self.lamps[lamp] = true;
        }
    }

    /// Whether all lamps of a key are lit. `false` is certain, `true` is not.
    pub fn may_contain(&self, key: &str) -> bool {
        self.lamps_of(key).into_iter().all(|lamp| self.lamps[lamp])
    }
}

/// A number that is made from all bytes of a key and looks like chance (FNV-1a, which is simple and
/// good enough here). Another `seed` gives another number.
fn hash(seed: u64, key: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = key.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mixed ^ (mixed >> 32)
}
