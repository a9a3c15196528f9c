//! Owns the question "did anything change?": by content, never by time, because a checkout
//! and a copied folder have times that mean nothing.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::error::{Outcome, While};

/// A digest of files and texts. Not for security: it tells apart our own builds.
#[derive(Debug, Clone)]
pub(super) struct Hash(DefaultHasher);

impl Hash {
    pub(super) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // The length keeps "ab" + "c" apart from "a" + "bc".
        self.0.write_usize(bytes.len());
        self.0.write(bytes);
    }

    /// A missing file is an answer too: it differs from an empty one.
    pub(super) fn file(&mut self, file: &Path) -> Outcome {
        if !file.exists() {
            self.text("missing");
            return Ok(());
        }
        let bytes = fs::read(file).while_doing(&format!("read {}", file.display()))?;
        self.bytes(&bytes);
        Ok(())
    }

    /// All files below a folder, with their names. No folder counts as an empty one.
    pub(super) fn tree(&mut self, folder: &Path) -> Outcome {
        for file in files(folder)? {
            self.text(&file.to_string_lossy());
            self.file(&folder.join(&file))?;
        }
        Ok(())
    }

    fn value(&self) -> u64 {
        self.0.finish()
    }
}

/// What the last build was made from and what it made.
///
/// The outputs are part of it: the folder may have been removed, or built since by a run with
/// another build folder.
pub(super) struct Record {
    file: PathBuf,
}

impl Record {
    pub(super) fn beside(target: &Path) -> Self {
        Self {
            file: target.join("window.built"),
        }
    }

    /// Whether the folder still is what was made from these inputs.
    pub(super) fn holds(&self, inputs: &Hash, made: &Path) -> Outcome<bool> {
        let Ok(recorded) = fs::read_to_string(&self.file) else {
            return Ok(false);
        };
        Ok(recorded == Self::text(inputs, made)?)
    }

    /// Remembers a build.
    pub(super) fn write(&self, inputs: &Hash, made: &Path) -> Outcome {
        fs::write(&self.file, Self::text(inputs, made)?).while_doing("note what was built")
    }

    fn text(inputs: &Hash, made: &Path) -> Outcome<String> {
        let mut outputs = Hash::new();
        outputs.tree(made)?;
        Ok(format!(
            "{:016x} {:016x}\n",
            inputs.value(),
            outputs.value()
        ))
    }
}

/// Makes `to` hold exactly what `from` holds, and touches only what differs: the shell embeds
/// these files, and is built again when the time of one of them changes.
pub(super) fn mirror(from: &Path, to: &Path) -> Outcome {
    let wanted: BTreeSet<PathBuf> = files(from)?.into_iter().collect();
    for file in files(to)? {
        if !wanted.contains(&file) {
            fs::remove_file(to.join(&file)).while_doing(&format!("remove {}", file.display()))?;
        }
    }
    for file in &wanted {
        let target = to.join(file);
        let new = fs::read(from.join(file)).while_doing(&format!("read {}", file.display()))?;
        if fs::read(&target).is_ok_and(|old| old == new) {
            continue;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).while_doing("make a folder for the window")?;
        }
        fs::write(&target, new).while_doing(&format!("write {}", target.display()))?;
    }
    Ok(())
}

/// The files below a folder, by name relative to it, in order. No folder has no files.
pub(super) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let entries = match fs::read_dir(folder.join(&below)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).while_doing(&format!("list {}", folder.display())),
        };
        for entry in entries {
            let entry = entry.while_doing(&format!("list {}", folder.display()))?;
            let name = below.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(name);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("hale-xtask-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(folder.join("dist/icons")).unwrap();
            fs::write(folder.join("dist/app.css"), "a{}").unwrap();
            fs::write(folder.join("dist/icons/a.svg"), "<svg/>").unwrap();
            Self(folder)
        }

        fn dist(&self) -> PathBuf {
            self.0.join("dist")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn inputs(text: &str) -> Hash {
        let mut hash = Hash::new();
        hash.text(text);
        hash
    }

    #[test]
    fn the_same_inputs_and_files_are_up_to_date() {
        let folder = Folder::new("same");
        let record = Record::beside(&folder.0);
        assert!(
            !record.holds(&inputs("a"), &folder.dist()).unwrap(),
            "nothing was built yet"
        );
        record.write(&inputs("a"), &folder.dist()).unwrap();
        assert!(record.holds(&inputs("a"), &folder.dist()).unwrap());
    }

    #[test]
    fn a_changed_input_an_edited_output_and_a_lost_output_are_each_noticed() {
        let folder = Folder::new("changed");
        let record = Record::beside(&folder.0);
        record.write(&inputs("a"), &folder.dist()).unwrap();
        assert!(!record.holds(&inputs("b"), &folder.dist()).unwrap());
        fs::write(folder.dist().join("app.css"), "b{}").unwrap();
        assert!(!record.holds(&inputs("a"), &folder.dist()).unwrap());
        fs::write(folder.dist().join("app.css"), "a{}").unwrap();
        assert!(record.holds(&inputs("a"), &folder.dist()).unwrap());
        fs::remove_file(folder.dist().join("icons/a.svg")).unwrap();
        assert!(!record.holds(&inputs("a"), &folder.dist()).unwrap());
    }

    #[test]
    fn a_missing_file_differs_from_an_empty_one() {
        let folder = Folder::new("missing");
        let (empty, missing) = (folder.0.join("empty"), folder.0.join("missing"));
        fs::write(&empty, "").unwrap();
        let (mut a, mut b) = (Hash::new(), Hash::new());
        a.file(&empty).unwrap();
        b.file(&missing).unwrap();
        assert_ne!(a.value(), b.value());
    }

    #[test]
    fn a_mirror_removes_what_is_gone_and_leaves_what_is_equal() {
        let folder = Folder::new("mirror");
        let to = folder.0.join("to");
        mirror(&folder.dist(), &to).unwrap();
        assert_eq!(files(&to).unwrap(), files(&folder.dist()).unwrap());
        let before = fs::metadata(to.join("app.css"))
            .unwrap()
            .modified()
            .unwrap();
        fs::remove_file(folder.dist().join("icons/a.svg")).unwrap();
        mirror(&folder.dist(), &to).unwrap();
        assert_eq!(files(&to).unwrap(), [PathBuf::from("app.css")]);
        let after = fs::metadata(to.join("app.css"))
            .unwrap()
            .modified()
            .unwrap();
        assert_eq!(
            before, after,
            "an equal file that is written again rebuilds the shell"
        );
    }
}
