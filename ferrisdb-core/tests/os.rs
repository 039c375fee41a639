//! The operating system's files behave as the traits promise.

use std::io::ErrorKind;

use ferrisdb_core::{Access, Error, FileSystem, IoContext, OsFileSystem};

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn a_file_is_written_read_and_cut_at_positions() {
    let dir = directory();
    let path = dir.path().join("file");
    let file = OsFileSystem.create(&path).unwrap();
    file.append_all(b"hello ").unwrap();
    file.append_all(b"world").unwrap();
    file.write_all_at(0, b"J").unwrap();
    assert_eq!(file.size().unwrap(), 11);

    let mut bytes = [0; 11];
    file.read_exact_at(0, &mut bytes).unwrap();
    assert_eq!(&bytes, b"Jello world");

    file.truncate(5).unwrap();
    file.sync().unwrap();
    file.sync_data().unwrap();
    let file = OsFileSystem.open(&path, Access::Read).unwrap();
    assert_eq!(file.size().unwrap(), 5);
    let error = file.read_exact_at(3, &mut [0; 3]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    file.write_at(0, b"x").expect_err("opened for reading");
}

#[test]
fn memory_that_holds_nothing_is_filled_up_to_the_end_of_the_file() {
    let dir = directory();
    let file = OsFileSystem.create(&dir.path().join("file")).unwrap();
    file.append_all(b"0123456789").unwrap();
    let mut memory = Vec::<u8>::with_capacity(64);
    let filled = file.read_uninit_at(4, memory.spare_capacity_mut()).unwrap();
    assert_eq!(filled, b"456789");
}

#[test]
fn allocating_makes_a_file_longer_and_never_shorter() {
    let dir = directory();
    let file = OsFileSystem.create(&dir.path().join("file")).unwrap();
    file.append_all(b"kept").unwrap();
    file.allocate(1000).unwrap();
    assert_eq!(file.size().unwrap(), 1000);
    file.allocate(10).unwrap();
    assert_eq!(file.size().unwrap(), 1000);
    let mut bytes = [1; 6];
    file.read_exact_at(0, &mut bytes).unwrap();
    assert_eq!(&bytes, b"kept\0\0");
}

#[test]
fn names_are_created_renamed_linked_listed_and_removed() {
    let dir = directory();
    let sub = dir.path().join("a/b");
    OsFileSystem.create_dir(&sub).unwrap();
    OsFileSystem.create_dir(&sub).expect("fine if it exists");
    let [one, two, three] = ["1", "2", "3"].map(|name| sub.join(name));

    OsFileSystem.create(&two).unwrap();
    let error = OsFileSystem.create(&two).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    OsFileSystem.rename(&two, &one).unwrap();
    OsFileSystem.hard_link(&one, &three).unwrap();
    OsFileSystem.sync_dir(&sub).unwrap();
    assert_eq!(OsFileSystem.list(&sub).unwrap(), [one.clone(), three]);
    OsFileSystem.remove(&one).unwrap();
    let error = OsFileSystem.open(&one, Access::Read).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_lock_excludes_others_until_it_is_dropped() {
    let dir = directory();
    let path = dir.path().join("LOCK");
    let held = OsFileSystem.lock(&path).unwrap();
    let error = OsFileSystem.lock(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    let message = Err::<(), _>(error)
        .context("lock", &path)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("another process") && message.contains("LOCK"),
        "{message}"
    );
    drop(held);
    OsFileSystem.lock(&path).expect("free again");
}

#[cfg(unix)]
#[test]
fn a_locked_file_says_who_holds_it() {
    let dir = directory();
    let path = dir.path().join("LOCK");
    std::fs::write(
        &path,
        "the words of somebody who was here before, and talked a lot",
    )
    .unwrap();
    let _held = OsFileSystem.lock(&path).unwrap();
    let owner = std::fs::read_to_string(&path).unwrap();
    let process = format!("process {}, since 2", std::process::id());
    assert!(
        owner.starts_with(&process) && owner.ends_with("Z\n"),
        "{owner}"
    );
    OsFileSystem.lock(&path).expect_err("it is held");
    let after = std::fs::read_to_string(&path).unwrap();
    assert_eq!(after, owner, "who was refused changed nothing");
}

#[test]
fn an_io_error_names_action_file_and_remedy() {
    let dir = directory();
    let path = dir.path().join("none");
    let error = OsFileSystem
        .open(&path, Access::Read)
        .context("open", &path)
        .unwrap_err();
    assert!(
        matches!(&error, Error::Io { action: "open", .. }),
        "{error:?}"
    );
    assert!(error.to_string().starts_with("cannot open "), "{error}");
    let says = |source: std::io::Error, remedy: &str| {
        let error = Err::<(), _>(source).context("create", &path).unwrap_err();
        assert!(error.to_string().contains(remedy), "{error}");
    };
    says(
        std::io::ErrorKind::StorageFull.into(),
        "free some disk space",
    );
    says(
        std::io::ErrorKind::CrossesDevices.into(),
        "the same file system",
    );
    says(
        std::io::ErrorKind::DirectoryNotEmpty.into(),
        "name a new one",
    );
    #[cfg(unix)]
    says(std::io::Error::from_raw_os_error(24), "ulimit -n");
}

#[test]
fn a_file_that_is_longer_than_what_is_reserved_stays_as_it_is() {
    let dir = directory();
    let file = OsFileSystem.create(&dir.path().join("log")).unwrap();
    file.append(b"0123456789").unwrap();
    file.allocate(4).unwrap();
    assert_eq!(file.size().unwrap(), 10);
}
