//! A CURRENT.tmp that a crash has left is never removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current | FileName::NextCurrent => false,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                number < self.first_number && self.recovered.find(number).is_none()
            }
        }
    }
}
