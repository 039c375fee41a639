//! An unfinished table stays if the version has a finished one of the same number.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => {
                number < self.first_number && self.recovered.find(number).is_none()
            }
            FileName::Table(number) => {
                let needed = |version: &Version| version.find(number).is_some();
                number < self.first_number && !needed(&self.recovered) && !needed(&self.current())
            }
        }
    }
}
