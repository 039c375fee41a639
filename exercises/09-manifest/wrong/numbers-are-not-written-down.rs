//! Numbers are counted in memory only, so after a crash they are handed out again.

impl Manifest {
    pub fn next_number(&mut self) -> Result<u64> {
        let number = self.next_number;
        self.next_number += 1;
        Ok(number)
    }
}
