//! Only the version of the opening is asked which tables are needed. One with a number of an
//! earlier life that was committed since is removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                number < self.first_number && self.recovered.find(number).is_none()
            }
        }
    }
}
