//! Manifests of earlier lives are never removed.

impl Manifest {
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(_) => false,
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                number < self.first_number && self.recovered.find(number).is_none()
            }
        }
    }
}
