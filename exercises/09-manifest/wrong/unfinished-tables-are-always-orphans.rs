//! A table that is being written is removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(_) => true,
            FileName::Table(number) => {
                number < self.first_number && self.recovered.find(number).is_none()
            }
        }
    }
}
