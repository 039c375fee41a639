//! The disk in memory behaves as that of a Unix machine: the same program runs on both.

use std::io::ErrorKind;
use std::path::Path;

use ferrisdb_core::{Access, FileSystem, OsFileSystem};
use ferrisdb_testkit::{FaultyFs, MemFs};

/// Runs a check on the machine's file system and on ours, each in an empty directory. Windows
/// gives some errors other names, so there only ours is checked.
fn on_all(check: fn(&dyn FileSystem, &Path)) {
    if cfg!(unix) {
        let real = tempfile::tempdir().expect("a temporary directory");
        check(&OsFileSystem, real.path());
    }
    let directory = Path::new("/tmp/test");
    let disk = MemFs::new();
    disk.create_dir(directory).expect("the disk is empty");
    check(&disk, directory);
    let faulty = FaultyFs::new(MemFs::new());
    faulty.create_dir(directory).expect("the disk is empty");
    check(&faulty, directory);
}

#[test]
fn bytes_are_written_read_and_cut_at_positions() {
    on_all(|fs, directory| {
        let path = directory.join("file");
        let file = fs.create(&path).unwrap();
        file.append_all(b"hello ").unwrap();
        file.append_all(b"world").unwrap();
        file.write_all_at(0, b"J").unwrap();
        file.write_all_at(13, b"!").unwrap();
        file.append_all(b"?").unwrap();
        assert_eq!(file.size().unwrap(), 15);
        let mut bytes = [1; 20];
        assert_eq!(file.read_at(0, &mut bytes).unwrap(), 15);
        assert_eq!(&bytes[..15], b"Jello world\0\0!?");
        assert_eq!(file.read_at(15, &mut bytes).unwrap(), 0);
        assert_eq!(file.read_at(1 << 40, &mut bytes).unwrap(), 0);
        file.truncate(5).unwrap();
        file.truncate(8).unwrap();
        file.allocate(2).unwrap();
        file.sync().unwrap();
        file.sync_data().unwrap();
        let file = fs.open(&path, Access::Read).unwrap();
        let mut bytes = [1; 8];
        file.read_exact_at(0, &mut bytes).unwrap();
        assert_eq!(&bytes, b"Jello\0\0\0", "what was cut off reads as zeros");
        file.write_at(0, b"x").unwrap_err();
        file.append(b"x").unwrap_err();
        file.truncate(0).unwrap_err();
        file.sync().expect("reading is enough to sync");
    });
}

#[test]
fn names_are_created_renamed_linked_listed_and_removed() {
    on_all(|fs, directory| {
        let [a, b, c] = ["a", "b", "c"].map(|name| directory.join(name));
        let file = fs.create(&b).unwrap();
        file.append_all(b"1").unwrap();
        fs.create(&c).unwrap();
        fs.rename(&b, &c).expect("a file is replaced");
        fs.hard_link(&c, &a).unwrap();
        assert_eq!(fs.list(directory).unwrap(), [a.clone(), c.clone()]);
        fs.rename(&a, &c)
            .expect("two names of one file: nothing happens");
        fs.remove(&c).unwrap();
        file.append_all(b"2")
            .expect("an open file outlives its name");
        assert_eq!(fs.open(&a, Access::Read).unwrap().size().unwrap(), 2);
        fs.remove(&a).unwrap();
        assert_eq!(file.size().unwrap(), 2);
        fs.sync_dir(directory).unwrap();
        assert!(fs.list(directory).unwrap().is_empty());
    });
}

#[test]
fn misuse_is_an_error_of_the_kind_that_the_system_gives() {
    on_all(|fs, directory| {
        let [file, none, sub] = ["file", "none", "sub"].map(|name| directory.join(name));
        fs.create(&file).unwrap();
        fs.create_dir(&sub.join("full")).unwrap();
        let under = |path: &Path| path.join("x");
        let kind = |result: std::io::Result<()>| result.unwrap_err().kind();
        let create = |path: &Path| kind(fs.create(path).map(drop));
        let open = |path: &Path| kind(fs.open(path, Access::ReadWrite).map(drop));

        assert_eq!(create(&file), ErrorKind::AlreadyExists);
        assert_eq!(create(&sub), ErrorKind::AlreadyExists);
        assert_eq!(create(&under(&none)), ErrorKind::NotFound);
        assert_eq!(create(&under(&file)), ErrorKind::NotADirectory);
        assert_eq!(open(&none), ErrorKind::NotFound);
        assert_eq!(open(&sub), ErrorKind::IsADirectory);
        assert_eq!(kind(fs.rename(&none, &file)), ErrorKind::NotFound);
        assert_eq!(kind(fs.rename(&file, &sub)), ErrorKind::IsADirectory);
        assert_eq!(kind(fs.rename(&sub, &file)), ErrorKind::NotADirectory);
        assert_eq!(kind(fs.rename(&sub, &under(&sub))), ErrorKind::InvalidInput);
        assert_eq!(kind(fs.remove(&none)), ErrorKind::NotFound);
        assert_eq!(kind(fs.hard_link(&none, &under(&sub))), ErrorKind::NotFound);
        assert_eq!(kind(fs.hard_link(&file, &sub)), ErrorKind::AlreadyExists);
        assert_eq!(kind(fs.list(&none).map(drop)), ErrorKind::NotFound);
        assert_eq!(kind(fs.list(&file).map(drop)), ErrorKind::NotADirectory);
        assert_eq!(kind(fs.create_dir(&file)), ErrorKind::AlreadyExists);
        assert_eq!(kind(fs.sync_dir(&none)), ErrorKind::NotFound);
        fs.remove(&sub).unwrap_err();

        fs.create_dir(&under(&none)).expect("parents as well");
        fs.rename(&none, &sub).unwrap_err();
        fs.rename(&sub, &under(&none))
            .expect("an empty directory is replaced");
        assert_eq!(fs.list(&under(&none)).unwrap(), [under(&none).join("full")]);
    });
}

#[test]
fn a_lock_excludes_others_until_it_is_dropped() {
    on_all(|fs, directory| {
        let path = directory.join("LOCK");
        let held = fs.lock(&path).unwrap();
        assert_eq!(fs.lock(&path).unwrap_err().kind(), ErrorKind::WouldBlock);
        fs.lock(&directory.join("OTHER")).expect("another file");
        drop(held);
        let _held = fs.lock(&path).expect("free again");
        assert_eq!(fs.list(directory).unwrap().len(), 2);
    });
}

#[test]
fn wild_positions_are_errors_and_no_allocations() {
    let fs = MemFs::new();
    let file = fs.create(Path::new("file")).unwrap();
    let kinds = [
        file.write_at(1 << 40, b"x").unwrap_err(),
        file.write_at(u64::MAX, b"x").unwrap_err(),
        file.truncate(u64::MAX).unwrap_err(),
        file.allocate(u64::MAX).unwrap_err(),
    ]
    .map(|error| error.kind());
    assert_eq!(kinds, [ErrorKind::FileTooLarge; 4]);
    assert_eq!(file.size().unwrap(), 0);
    assert_eq!(
        fs.create(Path::new("/")).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(
        fs.create(Path::new("")).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn a_crash_frees_locks_and_a_fork_is_independent() {
    let fs = MemFs::new();
    let _held = fs.lock(Path::new("LOCK")).unwrap();
    fs.sync_all();
    let after = fs.crash(&ferrisdb_testkit::CrashPlan::LoseAll);
    after.lock(Path::new("LOCK")).expect("a new boot");
    let fork = fs.fork();
    fork.lock(Path::new("LOCK")).expect("a copy");
    fork.write("new", "").unwrap();
    assert_eq!(fs.files(), [Path::new("LOCK")]);
    fs.lock(Path::new("LOCK")).expect_err("still held here");
}
