//! A keychain that outlives a process, for a test alone: secrets in a folder of their own.

use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use hale_cache::{KeyError, KeyStore};

/// Keeps each secret in a file. A kill leaves the old one or the new one, as a keychain does.
pub(crate) struct FolderKeys(pub(crate) PathBuf);

impl FolderKeys {
    fn path(&self, name: &str) -> PathBuf {
        let plain: String = name
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .concat();
        self.0.join(plain)
    }
}

fn refused(error: Error) -> KeyError {
    KeyError(Some(Box::new(error)))
}

impl KeyStore for FolderKeys {
    fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
        match std::fs::read_to_string(self.path(name)) {
            Ok(secret) => Ok(Some(secret)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
        let path = self.path(name);
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, secret)
            .and_then(|()| std::fs::rename(&fresh, &path))
            .map_err(refused)
    }

    fn delete(&self, name: &str) -> Result<(), KeyError> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(refused(error)),
            _ => Ok(()),
        }
    }
}
