//! The number is chosen before more are reserved. If the manifest is begun anew for that, it takes
//! the same one.

impl Manifest {
    pub fn next_number(&mut self) -> Result<u64> {
        let number = self.next_number;
        if self.next_number >= self.version.next_number() {
            let edit = Edit::new().next_number(self.next_number + NUMBERS_RESERVED);
            self.install(&edit)?;
        }
        self.next_number = self.next_number.max(number + 1);
        Ok(number)
    }
}
