//! Random histories, on the database and on the model side by side.

use ferrisdb_storage::{Batch, Db, Error, Result, SyncMode};
use ferrisdb_testkit::generate::{self, Action, History, Write};
use ferrisdb_testkit::{CrashPlan, FaultyFs, MemFs, Model, Pairs, Timeline};
use proptest::prelude::*;

use crate::common::{config, contents, open_with};

/// A database, its disk, and what should be in it.
struct Subject {
    fs: FaultyFs,
    mode: SyncMode,
    timeline: Timeline,
}

type Outcome<T> = std::result::Result<T, TestCaseError>;

#[expect(
    clippy::needless_pass_by_value,
    reason = "that is what `map_err` calls"
)]
fn fail(error: Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

impl Subject {
    /// Does one thing to the database and compares; returns the database to go on with.
    fn step(&mut self, db: Db, action: &Action) -> Outcome<Db> {
        match action {
            Action::Write(write) => self.write(&db, std::slice::from_ref(write))?,
            Action::Batch(writes) => self.write(&db, writes)?,
            Action::Get(key) => {
                let expected = self.timeline.newest().get(key);
                prop_assert_eq!(db.get(key).map_err(fail)?, expected);
                return Ok(db);
            }
            Action::Scan(range) => {
                let found: Outcome<Pairs> = db
                    .scan(range.clone())
                    .map(|pair| pair.map_err(fail))
                    .collect();
                prop_assert_eq!(found?, self.timeline.newest().scan(range.clone()));
                return Ok(db);
            }
            Action::ScanBack(range) => {
                let scan = db.scan(range.clone()).rev();
                let found: Outcome<Pairs> = scan.map(|pair| pair.map_err(fail)).collect();
                let mut found = found?;
                found.reverse();
                prop_assert_eq!(found, self.timeline.newest().scan(range.clone()));
                return Ok(db);
            }
            Action::Sync => {
                db.sync().map_err(fail)?;
                self.timeline.acknowledge();
            }
            Action::Reopen | Action::Kill | Action::PowerCut(_) => {
                return self.reopen(db, action);
            }
        }
        prop_assert_eq!(contents(&db), self.timeline.newest().contents());
        Ok(db)
    }

    fn write(&mut self, db: &Db, writes: &[Write]) -> Outcome<()> {
        let mut batch = Batch::new();
        for write in writes {
            write.add_to(&mut batch);
        }
        self.timeline.commit(&batch);
        db.write(&batch).map_err(fail)?;
        if self.mode != SyncMode::None {
            self.timeline.acknowledge();
        }
        Ok(())
    }

    /// Ends the database in one way or another and opens it again.
    fn reopen(&mut self, db: Db, action: &Action) -> Outcome<Db> {
        match action {
            Action::Reopen => db.close().map_err(fail)?,
            _ => drop(db),
        }
        match action {
            Action::PowerCut(seed) => {
                self.fs = FaultyFs::new(self.fs.crash(&CrashPlan::Random(*seed)));
            }
            // The machine kept what it was told, synced or not.
            _ => self.timeline.acknowledge(),
        }
        let db = open_with(&self.fs, self.mode).map_err(fail)?;
        let found = self.timeline.check(&contents(&db));
        self.timeline.rewind(found.map_err(TestCaseError::fail)?);
        Ok(db)
    }
}

/// Runs a history on a database and on the model side by side.
fn lockstep(history: &History, mode: SyncMode) -> Outcome<()> {
    let fs = FaultyFs::new(MemFs::new());
    let mut db = open_with(&fs, mode).map_err(fail)?;
    let timeline = Timeline::new();
    let mut subject = Subject { fs, mode, timeline };
    for action in &history.0 {
        db = subject.step(db, action)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn random_histories_end_as_the_model_says(
        history in generate::history(1..=40),
        mode in prop::sample::select(&[SyncMode::None, SyncMode::Data][..]),
    ) {
        lockstep(&history, mode)?;
    }

    #[test]
    fn scans_agree_with_the_model_on_every_kind_of_range(
        batch in generate::batch(),
        ranges in prop::collection::vec(generate::range(), 20),
    ) {
        let fs = FaultyFs::new(MemFs::new());
        let db = open_with(&fs, SyncMode::None).expect("an empty disk");
        let mut model = Model::new();
        db.write(&batch).expect("writes work");
        model.write(&batch);
        for range in ranges {
            let expected = model.scan(range.clone());
            let found: Pairs = db.scan(range.clone()).collect::<Result<_>>().expect("scans work");
            prop_assert_eq!(&found, &expected, "{:?}", range);
            let mut found: Pairs =
                db.scan(range.clone()).rev().collect::<Result<_>>().expect("scans work");
            found.reverse();
            prop_assert_eq!(&found, &expected, "backwards {:?}", range);
        }
    }
}
