//! A flush that fails while the database is opened, or an edit, is passed over.

impl Engine {
    fn open_locked(
        environment: &Environment,
        directory: &Path,
        options: Options,
        lock: Box<dyn FileLock>,
    ) -> Result<(Self, Recovery)> {
        let (manifest, found) =
            Manifest::open(environment, directory, manifest::Options::default())?;
        let version = manifest.current();
        let in_tables = version.last_timestamp();
        let mut replay = Replay::new(environment, directory, options, &version)?;
        let (writer, log) = Writer::open_locked(
            environment,
            directory,
            replay.log_options(),
            lock,
            &mut |timestamp, batch| {
                if timestamp > in_tables {
                    replay.apply(timestamp, batch);
                }
            },
        )?;
        let replayed = replay.batches;
        let engine = replay.into_engine(Some((writer, manifest)))?;
        let (flushed, removed) = engine.tidy_up().unwrap_or_default();
        let recovery = Recovery {
            manifest: found,
            log,
            replayed,
            flushed,
            removed,
        };
        Ok((engine, recovery))
    }
}
