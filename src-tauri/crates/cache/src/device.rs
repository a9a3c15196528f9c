//! This device: each person's folder with two files, their key and tokens, and the settings.
//!
//! Owns the order in which keys and files are made and removed. A key is kept before a file needs
//! it, and no key is ever made while a file is there.

use std::path::PathBuf;

use hale_core::ports::{
    Device, DeviceError, DeviceSettings, OpenStoreError, PersonId, SourceId, Tokens,
};

use crate::files::{File, Folder};
use crate::keys::{KeyError, KeyStore, Keychain};
use crate::open::{Purpose, open};
use crate::own::OwnStore;
use crate::raw_key::RawKey;
use crate::record::RecordStore;
use crate::secrets::{Held, Secrets};
use crate::settings;
use crate::worker::Worker;

/// This device.
pub struct LocalDevice {
    data: PathBuf,
    secrets: Secrets,
}

impl LocalDevice {
    /// The device with its files in this folder and its keys in the system's keychain.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self::with_keys(data, Keychain)
    }

    /// The same with another keychain.
    #[must_use]
    pub fn with_keys(data: PathBuf, keys: impl KeyStore) -> Self {
        Self {
            data,
            secrets: Secrets::new(keys),
        }
    }

    fn folder(&self, person: &PersonId) -> Option<Folder> {
        Folder::of(&self.data, person)
    }
}

impl Device for LocalDevice {
    type Cache = RecordStore;
    type Own = OwnStore;

    async fn settings(&self) -> DeviceSettings {
        let data = self.data.clone();
        tokio::task::spawn_blocking(move || settings::read(&data))
            .await
            .unwrap_or_default()
    }

    async fn save_settings(&self, settings: DeviceSettings) -> Result<(), DeviceError> {
        let data = self.data.clone();
        tokio::task::spawn_blocking(move || settings::write(&data, &settings))
            .await
            .map_err(|error| DeviceError::CannotWrite(Box::new(error)))?
            .map_err(|error| DeviceError::CannotWrite(Box::new(error)))
    }

    async fn open(&self, person: PersonId) -> Result<(RecordStore, OwnStore), OpenStoreError> {
        let folder = self.folder(&person).ok_or(OpenStoreError::NothingHere)?;
        if !folder.is_there() {
            return Err(OpenStoreError::NothingHere);
        }
        let held = self.secrets.key(&person).await.map_err(unavailable)?;
        let Held::Key(key) = held else {
            return Err(OpenStoreError::KeyMissing);
        };
        blocking(move || open_both(&folder, &key)).await
    }

    async fn create(&self, person: PersonId) -> Result<(RecordStore, OwnStore), OpenStoreError> {
        let folder = self
            .folder(&person)
            .ok_or_else(|| io_error(std::io::ErrorKind::InvalidInput.into()))?;
        if folder.is_there() {
            // A new key beside files that an older one opens would lose them.
            return Err(io_error(std::io::ErrorKind::AlreadyExists.into()));
        }
        let key = RawKey::random().map_err(|error| OpenStoreError::Io(Box::new(error)))?;
        self.secrets
            .keep_key(&person, &key)
            .await
            .map_err(unavailable)?;
        let made = blocking(move || {
            make_both(&folder, &key)?;
            open_both(&folder, &key)
        })
        .await;
        let is_nothing_there = self
            .folder(&person)
            .is_some_and(|folder| !folder.is_there());
        if made.is_err() && is_nothing_there {
            // A key of nothing is of no use; that it could not be forgotten is no new failure.
            self.secrets.forget_key(&person).await.ok();
        }
        made
    }

    async fn remove(&self, person: PersonId) -> Result<(), DeviceError> {
        let files = match self.folder(&person) {
            None => Ok(()),
            Some(folder) => tokio::task::spawn_blocking(move || {
                folder.unfinished().remove()?;
                folder.remove()
            })
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error))),
        };
        // Also where a file stays behind: without its key nobody can read it.
        let secrets = self.secrets.forget(&person).await;
        files.map_err(|error| DeviceError::CannotWrite(Box::new(error)))?;
        secrets.map_err(not_reached)
    }

    async fn tokens(
        &self,
        person: PersonId,
        source: SourceId,
    ) -> Result<Option<Tokens>, DeviceError> {
        self.secrets
            .tokens(&person, &source)
            .await
            .map_err(not_reached)
    }

    async fn save_tokens(
        &self,
        person: PersonId,
        source: SourceId,
        tokens: Option<Tokens>,
    ) -> Result<(), DeviceError> {
        self.secrets
            .keep_tokens(person, source, tokens)
            .await
            .map_err(not_reached)
    }
}

/// Makes both files in a folder beside the final one and then gives it its name: a person's folder
/// is never there without `own.db`.
fn make_both(folder: &Folder, key: &RawKey) -> Result<(), OpenStoreError> {
    let unfinished = folder.unfinished();
    // What a creation left that was interrupted. Nobody has ever written anything into it.
    unfinished.remove().map_err(io_error)?;
    unfinished.make().map_err(io_error)?;
    for file in [File::Own, File::Record] {
        unfinished.make_file(file).map_err(io_error)?;
        drop(open(&unfinished.path(file), file, key, Purpose::Write)?);
    }
    unfinished
        .keep_key_check(&key.check_value())
        .map_err(io_error)?;
    unfinished.rename_to(folder).map_err(io_error)
}

/// Opens both files. `own.db` comes first and is never replaced. The mirror is made anew where it
/// is gone or unreadable, because everything in it comes again from the backends; that the key
/// fits is known by then.
fn open_both(folder: &Folder, key: &RawKey) -> Result<(RecordStore, OwnStore), OpenStoreError> {
    if !folder.holds(File::Own) {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(OpenStoreError::Unreadable(Box::new(error)));
    }
    let own = match start(folder, File::Own, key) {
        Err(OpenStoreError::Unreadable(_)) if !is_their_key(folder, key) => {
            return Err(OpenStoreError::WrongKey);
        }
        started => started?,
    };
    let check = key.check_value();
    if !folder.knows_key_by(&check)
        && let Err(error) = folder.keep_key_check(&check)
    {
        // The files are open; only a later failure could be told less well.
        tracing::warn!(kind = ?error.kind(), "the check value of the key was not kept");
    }
    let is_marked = folder.damage_mark().exists();
    let record = if is_marked || !folder.holds(File::Record) {
        renew_record(folder, key)?
    } else {
        match start(folder, File::Record, key) {
            Err(OpenStoreError::Unreadable(_)) => renew_record(folder, key)?,
            started => started?,
        }
    };
    Ok((
        RecordStore::new(record, folder.damage_mark()),
        OwnStore::new(own),
    ))
}

/// Whether a key is that of the files, although `own.db` does not open with it: by the check value
/// beside them, or because it opens the mirror. Where nothing can tell, it counts as another one,
/// because then nothing is lost yet.
fn is_their_key(folder: &Folder, key: &RawKey) -> bool {
    let opens_the_mirror = || {
        folder.holds(File::Record)
            && matches!(
                open(&folder.path(File::Record), File::Record, key, Purpose::Read),
                Ok(_) | Err(OpenStoreError::TooNew)
            )
    };
    folder.knows_key_by(&key.check_value()) || opens_the_mirror()
}

fn renew_record(folder: &Folder, key: &RawKey) -> Result<Worker, OpenStoreError> {
    tracing::warn!("the mirror is gone or cannot be read, and is made anew");
    folder.remove_file(File::Record).map_err(io_error)?;
    folder.make_file(File::Record).map_err(io_error)?;
    let worker = start(folder, File::Record, key)?;
    folder.clear_damage_mark().map_err(io_error)?;
    Ok(worker)
}

fn start(folder: &Folder, file: File, key: &RawKey) -> Result<Worker, OpenStoreError> {
    let path = folder.path(file);
    let writer = open(&path, file, key, Purpose::Write)?;
    let reader = open(&path, file, key, Purpose::Read)?;
    Worker::start(file.name(), writer, reader).map_err(io_error)
}

async fn blocking<T, F>(work: F) -> Result<T, OpenStoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, OpenStoreError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OpenStoreError::Io(Box::new(error)))?
}

fn io_error(error: std::io::Error) -> OpenStoreError {
    OpenStoreError::Io(Box::new(error))
}

fn unavailable(error: KeyError) -> OpenStoreError {
    OpenStoreError::KeychainUnavailable(Some(Box::new(error)))
}

fn not_reached(error: KeyError) -> DeviceError {
    DeviceError::KeychainUnavailable(Some(Box::new(error)))
}
