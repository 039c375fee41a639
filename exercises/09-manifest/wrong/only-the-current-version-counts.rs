//! A table that the current version does not have is removed, although someone may read it who
//! began with an earlier one.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                number < self.first_number && self.current().find(number).is_none()
            }
        }
    }
}
