//! One number is handed out before the next ones are reserved.

impl Manifest {
    pub fn next_number(&mut self) -> Result<u64> {
        if self.next_number > self.version.next_number() {
            let edit = Edit::new().next_number(self.next_number + NUMBERS_RESERVED);
            self.install(&edit)?;
        }
        let number = self.next_number;
        self.next_number += 1;
        Ok(number)
    }
}
