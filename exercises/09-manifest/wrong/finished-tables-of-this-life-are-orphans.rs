//! A table that is finished and not yet committed is removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                self.current().find(number).is_none() && self.recovered.find(number).is_none()
            }
        }
    }
}
