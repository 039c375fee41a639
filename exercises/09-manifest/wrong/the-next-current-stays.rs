//! A CURRENT.tmp that a crash has left is never removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current | FileName::NextCurrent => false,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                let needed = |version: &Version| version.find(number).is_some();
                number < self.first_number && !needed(&self.recovered) && !needed(&self.current())
            }
        }
    }
}
