//! The whole disk: files, directories and names, each with what is durable and what is not.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use crate::inode::Inode;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    File(u64),
    Directory(u64),
}

/// The directory that is always there.
const ROOT: u64 = 0;

/// The names in one directory.
#[derive(Debug, Clone, Default)]
struct Directory {
    now: BTreeMap<OsString, Node>,
    durable: BTreeMap<OsString, Node>,
}

/// One unsynced operation on names: all of its edits happen, or none.
#[derive(Debug, Clone)]
pub(crate) struct NameChange {
    edits: Vec<NameEdit>,
}

#[derive(Debug, Clone)]
struct NameEdit {
    directory: u64,
    name: OsString,
    node: Option<Node>,
}

/// The whole disk.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<u64, Inode>,
    directories: BTreeMap<u64, Directory>,
    /// Oldest first.
    pub(crate) names: Vec<NameChange>,
    pub(crate) locks: BTreeSet<u64>,
    pub(crate) read_only: bool,
    /// Counts nodes and changes.
    counter: u64,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self {
            files: BTreeMap::new(),
            directories: BTreeMap::from([(ROOT, Directory::default())]),
            names: Vec::new(),
            locks: BTreeSet::new(),
            read_only: false,
            counter: ROOT,
        }
    }

    /// A number for the next node or change; grows.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(crate) fn check_writable(&self) -> io::Result<()> {
        if self.read_only {
            return Err(ErrorKind::ReadOnlyFilesystem.into());
        }
        Ok(())
    }

    pub(crate) fn file(&mut self, id: u64) -> io::Result<&mut Inode> {
        self.files.get_mut(&id).ok_or(ErrorKind::NotFound.into())
    }

    fn directory(&self, id: u64) -> io::Result<&Directory> {
        self.directories.get(&id).ok_or(ErrorKind::NotFound.into())
    }

    fn entry(&self, directory: u64, name: &OsStr) -> io::Result<Option<Node>> {
        Ok(self.directory(directory)?.now.get(name).copied())
    }

    /// What the path stands for.
    pub(crate) fn find(&self, path: &Path) -> io::Result<Node> {
        let mut node = Node::Directory(ROOT);
        for name in names_of(path) {
            let Node::Directory(directory) = node else {
                return Err(ErrorKind::NotADirectory.into());
            };
            node = self
                .entry(directory, &name)?
                .ok_or(io::Error::from(ErrorKind::NotFound))?;
        }
        Ok(node)
    }

    /// The file that the path stands for.
    pub(crate) fn find_file(&self, path: &Path) -> io::Result<u64> {
        match self.find(path)? {
            Node::File(id) => Ok(id),
            Node::Directory(_) => Err(ErrorKind::IsADirectory.into()),
        }
    }

    /// The directory that the path stands for.
    pub(crate) fn find_directory(&self, path: &Path) -> io::Result<u64> {
        match self.find(path)? {
            Node::Directory(id) => Ok(id),
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// The directory in which the path's last name is, and that name.
    fn find_parent(&self, path: &Path) -> io::Result<(u64, OsString)> {
        let mut names = names_of(path);
        let name = names
            .pop()
            .ok_or(io::Error::from(ErrorKind::InvalidInput))?;
        let parent: PathBuf = names.iter().collect();
        Ok((self.find_directory(&parent)?, name))
    }

    pub(crate) fn create_file(&mut self, path: &Path) -> io::Result<u64> {
        self.check_writable()?;
        let (directory, name) = self.find_parent(path)?;
        if self.entry(directory, &name)?.is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let id = self.next_number();
        self.files.insert(id, Inode::default());
        self.change_names(vec![(directory, name, Some(Node::File(id)))]);
        Ok(id)
    }

    /// Creates a directory and the ones above it, durable at once.
    pub(crate) fn create_dir(&mut self, path: &Path) -> io::Result<()> {
        let before = self.names.len();
        let result = self.create_dir_unsynced(path);
        let mut keep: Vec<bool> = (0..self.names.len()).map(|index| index >= before).collect();
        self.add_required(&mut keep);
        self.settle_names(&keep);
        result
    }

    /// Creates a directory and the ones above it.
    pub(crate) fn create_dir_unsynced(&mut self, path: &Path) -> io::Result<()> {
        let mut directory = ROOT;
        for name in names_of(path) {
            directory = match self.entry(directory, &name)? {
                Some(Node::Directory(id)) => id,
                Some(Node::File(_)) => return Err(ErrorKind::AlreadyExists.into()),
                None => {
                    self.check_writable()?;
                    let id = self.next_number();
                    self.directories.insert(id, Directory::default());
                    self.change_names(vec![(directory, name, Some(Node::Directory(id)))]);
                    id
                }
            };
        }
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.check_writable()?;
        let (from_directory, from_name) = self.find_parent(from)?;
        let (to_directory, to_name) = self.find_parent(to)?;
        let node = self
            .entry(from_directory, &from_name)?
            .ok_or(io::Error::from(ErrorKind::NotFound))?;
        let replaced = self.entry(to_directory, &to_name)?;
        if replaced == Some(node) {
            return Ok(());
        }
        match (node, replaced) {
            (Node::File(_), Some(Node::Directory(_))) => {
                return Err(ErrorKind::IsADirectory.into());
            }
            (Node::Directory(_), Some(Node::File(_))) => {
                return Err(ErrorKind::NotADirectory.into());
            }
            (Node::Directory(_), Some(Node::Directory(id)))
                if !self.directory(id)?.now.is_empty() =>
            {
                return Err(ErrorKind::DirectoryNotEmpty.into());
            }
            _ => {}
        }
        if matches!(node, Node::Directory(_)) && names_of(to).starts_with(&names_of(from)) {
            return Err(ErrorKind::InvalidInput.into());
        }
        self.change_names(vec![
            (from_directory, from_name, None),
            (to_directory, to_name, Some(node)),
        ]);
        Ok(())
    }

    pub(crate) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.check_writable()?;
        self.find_file(path)?;
        let (directory, name) = self.find_parent(path)?;
        self.change_names(vec![(directory, name, None)]);
        Ok(())
    }

    pub(crate) fn hard_link(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.check_writable()?;
        let node = self.find(from)?;
        if matches!(node, Node::Directory(_)) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let (directory, name) = self.find_parent(to)?;
        if self.entry(directory, &name)?.is_some() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.change_names(vec![(directory, name, Some(node))]);
        Ok(())
    }

    pub(crate) fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let directory = self.directory(self.find_directory(path)?)?;
        Ok(directory.now.keys().map(|name| path.join(name)).collect())
    }

    fn change_names(&mut self, edits: Vec<(u64, OsString, Option<Node>)>) {
        let edits: Vec<NameEdit> = edits
            .into_iter()
            .map(|(directory, name, node)| NameEdit {
                directory,
                name,
                node,
            })
            .collect();
        for edit in &edits {
            if let Some(directory) = self.directories.get_mut(&edit.directory) {
                edit.apply(&mut directory.now);
            }
        }
        self.names.push(NameChange { edits });
    }

    /// Makes the names in a directory durable.
    pub(crate) fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        let id = self.find_directory(path)?;
        let concerns = |change: &NameChange| change.edits.iter().any(|edit| edit.directory == id);
        let mut keep: Vec<bool> = self.names.iter().map(concerns).collect();
        self.add_required(&mut keep);
        self.settle_names(&keep);
        Ok(())
    }

    /// Name changes survive in any order, except that of two changes of the *same* name the
    /// later never survives without the earlier: they share a place on the disk.
    pub(crate) fn add_required(&self, keep: &mut [bool]) {
        for later in (0..self.names.len()).rev() {
            for earlier in 0..later {
                if keep[later] && self.names[later].shares_name(&self.names[earlier]) {
                    keep[earlier] = true;
                }
            }
        }
    }

    /// Makes the chosen name changes durable and leaves the others as they are.
    fn settle_names(&mut self, keep: &[bool]) {
        let mut left = Vec::new();
        for (change, keep) in std::mem::take(&mut self.names).into_iter().zip(keep) {
            if !keep {
                left.push(change);
                continue;
            }
            for edit in &change.edits {
                if let Some(directory) = self.directories.get_mut(&edit.directory) {
                    edit.apply(&mut directory.durable);
                }
            }
        }
        self.names = left;
    }

    /// The disk as the next boot finds it: the chosen name changes and these bytes of each
    /// file are durable, everything else unsynced is gone, and so are locks.
    pub(crate) fn after_crash(
        &self,
        keep: &[bool],
        mut bytes: impl FnMut(u64, &Inode) -> Vec<u8>,
    ) -> Self {
        let mut disk = Self {
            files: BTreeMap::new(),
            locks: BTreeSet::new(),
            read_only: false,
            ..self.clone()
        };
        disk.settle_names(keep);
        disk.names.clear();
        for directory in disk.directories.values_mut() {
            directory.now = directory.durable.clone();
        }
        for (_, node) in disk.walk() {
            if let Node::File(id) = node
                && let Some(inode) = self.files.get(&id)
                && !disk.files.contains_key(&id)
            {
                disk.files.insert(id, Inode::durable(bytes(id, inode)));
            }
        }
        disk
    }

    /// Everything that can be reached from the root, sorted by path.
    pub(crate) fn walk(&self) -> Vec<(PathBuf, Node)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([ROOT]);
        let mut left = vec![(PathBuf::new(), ROOT)];
        while let Some((path, id)) = left.pop() {
            let Some(directory) = self.directories.get(&id) else {
                continue;
            };
            for (name, node) in &directory.now {
                let path = path.join(name);
                found.push((path.clone(), *node));
                if let Node::Directory(id) = node
                    && seen.insert(*id)
                {
                    left.push((path, *id));
                }
            }
        }
        found.sort();
        found
    }

    /// Makes everything durable, names and bytes.
    pub(crate) fn sync_all(&mut self) {
        let keep = vec![true; self.names.len()];
        self.settle_names(&keep);
        self.files.values_mut().for_each(Inode::sync);
    }
}

impl NameChange {
    fn shares_name(&self, other: &Self) -> bool {
        let same = |a: &NameEdit, b: &NameEdit| a.directory == b.directory && a.name == b.name;
        self.edits
            .iter()
            .any(|a| other.edits.iter().any(|b| same(a, b)))
    }
}

impl NameEdit {
    fn apply(&self, names: &mut BTreeMap<OsString, Node>) {
        match self.node {
            Some(node) => names.insert(self.name.clone(), node),
            None => names.remove(&self.name),
        };
    }
}

/// The names on the way to a path. `a`, `/a` and `./b/../a` are the same.
pub(crate) fn names_of(path: &Path) -> Vec<OsString> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.to_owned()),
            Component::ParentDir => {
                names.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    names
}
