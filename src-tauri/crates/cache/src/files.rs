//! Where a person's files stand, and that only their owner can read them.
//!
//! Layout: `<data>/people/<person id>/{record.db, own.db}`, each with SQLite's `-wal` and `-shm`
//! beside it while it is open, and `key.check`, by which their key is known. Knows nothing of what is inside.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hale_core::ports::PersonId;

/// Which of a person's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    /// The mirror.
    Record,
    /// What the patient made.
    Own,
}

impl File {
    /// Its name in the person's folder.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Record => "record.db",
            Self::Own => "own.db",
        }
    }
}

/// A person's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder of a person; none where the id could lead out of the folder of all people.
    pub(crate) fn of(data: &Path, person: &PersonId) -> Option<Self> {
        let is_plain = !person.0.is_empty()
            && person.0.len() <= 64
            && person
                .0
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_plain.then(|| Self(data.join("people").join(&person.0)))
    }

    /// The folder in which new files are made, before they count as there.
    pub(crate) fn unfinished(&self) -> Self {
        Self(self.0.with_extension("unfinished"))
    }

    /// Where a file stands.
    pub(crate) fn path(&self, file: File) -> PathBuf {
        self.0.join(file.name())
    }

    /// Stands beside a mirror that was found damaged while it was open: it is made anew at the next
    /// opening.
    pub(crate) fn damage_mark(&self) -> PathBuf {
        self.0.join("record.damaged")
    }

    /// Takes the mark away.
    pub(crate) fn clear_damage_mark(&self) -> io::Result<()> {
        allow_absent(std::fs::remove_file(self.damage_mark()))
    }

    /// Whether the check value beside the files is this one.
    pub(crate) fn knows_key_by(&self, check: &str) -> bool {
        std::fs::read_to_string(self.key_check()).is_ok_and(|kept| kept == check)
    }

    /// Keeps the check value of the key that opens the files, for its owner alone.
    pub(crate) fn keep_key_check(&self, check: &str) -> io::Result<()> {
        allow_absent(std::fs::remove_file(self.key_check()))?;
        let mut file = new_file().open(self.key_check())?;
        file.write_all(check.as_bytes())?;
        file.sync_all()
    }

    fn key_check(&self) -> PathBuf {
        self.0.join("key.check")
    }

    /// Whether a file is there and not empty. SQLite would take an empty one for a new database.
    pub(crate) fn holds(&self, file: File) -> bool {
        std::fs::metadata(self.path(file)).is_ok_and(|found| found.len() > 0)
    }

    /// Whether anything of the person is there.
    pub(crate) fn is_there(&self) -> bool {
        self.path(File::Record).exists() || self.path(File::Own).exists() || self.mended().exists()
    }

    /// Makes the folder, for its owner alone.
    pub(crate) fn make(&self) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// Makes an empty file, for its owner alone. SQLite gives its companions the same rights.
    pub(crate) fn make_file(&self, file: File) -> io::Result<()> {
        new_file().open(self.path(file)).map(drop)
    }

    /// Removes one file with its companions.
    pub(crate) fn remove_file(&self, file: File) -> io::Result<()> {
        for ending in ["", "-wal", "-shm", "-journal"] {
            allow_absent(std::fs::remove_file(self.companion(file, ending)))?;
        }
        Ok(())
    }

    /// Whether the log beside a file holds anything.
    pub(crate) fn has_log(&self, file: File) -> bool {
        let log = self.companion(file, "-wal");
        std::fs::metadata(log).is_ok_and(|found| found.len() > 0)
    }

    fn companion(&self, file: File, ending: &str) -> PathBuf {
        self.0.join(format!("{}{ending}", file.name()))
    }

    /// Where a new `own.db` is filled.
    pub(crate) fn mending(&self) -> PathBuf {
        self.0.join("own.mending.db")
    }

    /// The name of a new `own.db` that is complete and has still to take the place of the old one.
    fn mended(&self) -> PathBuf {
        self.0.join("own.mended.db")
    }

    /// Makes an empty file to fill anew, for its owner alone.
    pub(crate) fn make_mending(&self) -> io::Result<()> {
        for ending in ["", "-wal", "-shm", "-journal"] {
            allow_absent(std::fs::remove_file(
                self.0.join(format!("own.mending.db{ending}")),
            ))?;
        }
        new_file().open(self.mending()).map(drop)
    }

    /// Keeps a second name for `own.db` and its log, which are not touched. Answers the name; none
    /// where there is no file.
    pub(crate) fn keep_own_aside(&self) -> io::Result<Option<String>> {
        if !self.path(File::Own).exists() {
            return Ok(None);
        }
        let name = (1..1000)
            .map(|number| format!("own.damaged-{number}.db"))
            .find(|name| !self.0.join(name).exists())
            .ok_or(io::ErrorKind::AlreadyExists)?;
        let log = self.companion(File::Own, "-wal");
        if log.exists() {
            second_name(&log, &self.0.join(format!("{name}-wal")))?;
        }
        second_name(&self.path(File::Own), &self.0.join(&name))?;
        Ok(Some(name))
    }

    /// Puts the file that was filled in the place of `own.db`. Whatever stops this, the next
    /// opening ends it.
    pub(crate) fn put_mended_in_place(&self) -> io::Result<()> {
        std::fs::File::open(self.mending())?.sync_all()?;
        std::fs::rename(self.mending(), self.mended())?;
        sync_parent(&self.mended())?;
        self.end_mending()
    }

    /// Ends a mending that was stopped after its new file was complete: the old log goes before the
    /// new file comes, which it does not belong to.
    pub(crate) fn end_mending(&self) -> io::Result<()> {
        if !self.mended().exists() {
            return Ok(());
        }
        for ending in ["-wal", "-shm", "-journal"] {
            allow_absent(std::fs::remove_file(self.companion(File::Own, ending)))?;
        }
        std::fs::rename(self.mended(), self.path(File::Own))?;
        sync_parent(&self.mended())
    }

    /// Removes the folder with everything in it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        allow_absent(std::fs::remove_dir_all(&self.0))
    }

    /// Moves the folder to its final name, in one step.
    pub(crate) fn rename_to(&self, finished: &Self) -> io::Result<()> {
        std::fs::rename(&self.0, &finished.0)?;
        sync_parent(&finished.0)
    }
}

/// Gives a file a second name, or copies it where the file system knows no second names.
fn second_name(file: &Path, name: &Path) -> io::Result<()> {
    if std::fs::hard_link(file, name).is_ok() {
        return Ok(());
    }
    std::fs::copy(file, name)?;
    std::fs::File::open(name)?.sync_all()
}

/// A file that was not there before, for its owner alone.
fn new_file() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a rename or a removal in the parent folder durable, where the system knows how.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        std::fs::File::open(parent)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn allow_absent(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leads_out_of_its_folder() {
        let data = Path::new("data");
        for id in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a.b",
            "C:",
            "a\0b",
            &"a".repeat(65),
        ] {
            assert!(Folder::of(data, &PersonId(id.into())).is_none(), "{id}");
        }
        let folder = Folder::of(data, &PersonId("0b5c-1".into())).unwrap();
        assert_eq!(folder.path(File::Own), data.join("people/0b5c-1/own.db"));
    }
}
