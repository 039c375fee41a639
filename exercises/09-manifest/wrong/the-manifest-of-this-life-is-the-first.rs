//! The manifest that was begun at opening is kept, and not the one that it was replaced by.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.first_number,
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                let needed = |version: &Version| version.find(number).is_some();
                number < self.first_number && !needed(&self.recovered) && !needed(&self.current())
            }
        }
    }
}
