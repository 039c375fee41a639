//! Each number costs a sync.

impl Manifest {
    pub fn next_number(&mut self) -> Result<u64> {
        {
            let edit =
                Edit::new().next_number((self.next_number + 1).max(self.version.next_number()));
            self.install(&edit)?;
        }
        let number = self.next_number;
        self.next_number += 1;
        Ok(number)
    }
}
