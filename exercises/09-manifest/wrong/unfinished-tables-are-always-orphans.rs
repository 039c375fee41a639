//! A table that is being written is removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(_) => true,
            FileName::Table(number) => {
                let needed = |version: &Version| version.find(number).is_some();
                number < self.first_number && !needed(&self.recovered) && !needed(&self.current())
            }
        }
    }
}
