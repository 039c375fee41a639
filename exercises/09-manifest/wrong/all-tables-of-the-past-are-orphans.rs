//! Tables of an earlier life are removed, although the version has them.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => number < self.first_number,
        }
    }
}
