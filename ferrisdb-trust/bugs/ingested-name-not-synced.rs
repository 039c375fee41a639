//! What is taken in gets its name, and the manifest names it, but the directory is not synced.
//!
//! origin: rocksdb #5287
//! package: ferrisdb-storage
//! caught by: powercut, 200000

impl Output<'_> {
    fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> engine::Result<()> {
        use std::io;
        use std::path::PathBuf;

        use ferrisdb_core::{Access, Environment, File, FileLock, FileSystem};

        /// Does all that is asked, but syncs no directory.
        #[derive(Debug)]
        struct Careless(Arc<dyn FileSystem>);

        impl FileSystem for Careless {
            fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
                self.0.create(path)
            }
            fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
                self.0.open(path, access)
            }
            fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
                self.0.rename(from, to)
            }
            fn remove(&self, path: &Path) -> io::Result<()> {
                self.0.remove(path)
            }
            fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
                self.0.hard_link(from, to)
            }
            fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
                self.0.list(directory)
            }
            fn create_dir(&self, directory: &Path) -> io::Result<()> {
                self.0.create_dir(directory)
            }
            fn sync_dir(&self, _directory: &Path) -> io::Result<()> {
                Ok(())
            }
            fn lock(&self, path: &Path) -> io::Result<Box<dyn FileLock>> {
                self.0.lock(path)
            }
        }

        if self.size >= TABLE_SIZE {
            self.end_table()?;
        }
        let writer = if let Some(writer) = &mut self.current {
            writer
        } else {
            let number = (self.number)()?;
            let shared = self.shared;
            let environment = Environment {
                fs: Arc::new(Careless(Arc::clone(&shared.environment.fs))),
                ..shared.environment.clone()
            };
            let directory = shared.engine.directory();
            self.smallest = Some(key.into());
            let writer = Writer::create(&environment, directory, number, shared.tables.clone())?;
            self.current.insert(writer)
        };
        writer.add(key, value)?;
        self.size += key.user_key.len() + value.len();
        match &mut self.last {
            Some(last) => {
                last.user_key.clear();
                last.user_key.extend_from_slice(key.user_key);
                last.operation = key.operation;
            }
            None => self.last = Some(key.into()),
        }
        Ok(())
    }
}
