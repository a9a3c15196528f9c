//! This device: each person's folder with two files, their key and tokens, and the settings.
//!
//! Owns the order in which keys and files are made and removed. A key is kept before a file needs
//! it, and no key is ever made while a file is there.

use std::io::ErrorKind;
use std::path::PathBuf;

use hale_core::ports::{
    Device, DeviceError, DeviceSettings, OpenStoreError, PersonId, Salvaged, SourceId, Tokens,
};

use crate::files::{File, Folder};
use crate::keys::{KeyError, KeyStore, Keychain};
use crate::open::{Purpose, check_whole, open, open_unchanging};
use crate::own::OwnStore;
use crate::raw_key::RawKey;
use crate::record::RecordStore;
use crate::salvage;
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
            .map_err(not_written)
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

    async fn mend(
        &self,
        person: PersonId,
        owner_note: &'static str,
    ) -> Result<Salvaged, OpenStoreError> {
        let folder = self.folder(&person).ok_or(OpenStoreError::NothingHere)?;
        if !folder.is_there() {
            return Err(OpenStoreError::NothingHere);
        }
        let held = self.secrets.key(&person).await.map_err(unavailable)?;
        let Held::Key(key) = held else {
            return Err(OpenStoreError::KeyMissing);
        };
        blocking(move || salvage::mend(&folder, &key, owner_note)).await
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
        files.map_err(not_written)?;
        secrets.map_err(not_reached)
    }

    async fn token_sources(&self, person: PersonId) -> Result<Vec<SourceId>, DeviceError> {
        self.secrets
            .token_sources(&person)
            .await
            .map_err(not_reached)
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
    folder.end_mending().map_err(io_error)?;
    let own = open_own(folder, key)?;
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
        OwnStore::new(own.worker),
    ))
}

/// Opens `own.db`, every page of which must read.
pub(crate) fn open_own(folder: &Folder, key: &RawKey) -> Result<Started, OpenStoreError> {
    if !folder.holds(File::Own) {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(OpenStoreError::Unreadable(Box::new(error)));
    }
    match start(folder, File::Own, key) {
        Err(OpenStoreError::Unreadable(_)) if !is_their_key(folder, key) => {
            Err(OpenStoreError::WrongKey)
        }
        started => started,
    }
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

fn renew_record(folder: &Folder, key: &RawKey) -> Result<Started, OpenStoreError> {
    tracing::warn!("the mirror is gone or cannot be read, and is made anew");
    folder.remove_file(File::Record).map_err(io_error)?;
    folder.make_file(File::Record).map_err(io_error)?;
    let started = start(folder, File::Record, key)?;
    folder.clear_damage_mark().map_err(io_error)?;
    Ok(Started {
        was_renewed: true,
        ..started
    })
}

/// A file that was opened.
pub(crate) struct Started {
    pub(crate) worker: Worker,
    /// Nothing can be written at present.
    pub(crate) is_unchanging: bool,
    /// What it held was lost.
    pub(crate) was_renewed: bool,
}

/// Opens a file; where nothing can be written, for reading alone.
fn start(folder: &Folder, file: File, key: &RawKey) -> Result<Started, OpenStoreError> {
    let path = folder.path(file);
    let opened = open(&path, file, key, Purpose::Write)
        .and_then(|writer| Ok((writer, open(&path, file, key, Purpose::Read)?)));
    let (writer, reader, unchanging_because) = match opened {
        Ok((writer, reader)) => (writer, reader, None),
        Err(
            error @ (OpenStoreError::DiskFull(_)
            | OpenStoreError::ReadOnly(_)
            | OpenStoreError::Io(_)),
        ) if !folder.has_log(file) => {
            let unchanging = || open_unchanging(&path, file, key);
            match unchanging().and_then(|writer| Ok((writer, unchanging()?))) {
                Ok((writer, reader)) => {
                    tracing::warn!(%error, "a file is open for reading alone");
                    (writer, reader, Some(error))
                }
                // The first failure is what stands in the way.
                Err(_) => return Err(error),
            }
        }
        Err(error) => return Err(error),
    };
    if file == File::Own && unchanging_because.is_some() {
        check_whole(&reader)?;
    }
    let mut worker = Worker::start(file.name(), writer, reader).map_err(io_error)?;
    if matches!(unchanging_because, Some(OpenStoreError::DiskFull(_))) {
        worker = worker.on_full_disk();
    }
    Ok(Started {
        worker,
        is_unchanging: unchanging_because.is_some(),
        was_renewed: false,
    })
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

pub(crate) fn io_error(error: std::io::Error) -> OpenStoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            OpenStoreError::DiskFull(Box::new(error))
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenStoreError::ReadOnly(Box::new(error))
        }
        _ => OpenStoreError::Io(Box::new(error)),
    }
}

fn not_written(error: std::io::Error) -> DeviceError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DeviceError::DiskFull(Box::new(error)),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            DeviceError::ReadOnly(Box::new(error))
        }
        _ => DeviceError::CannotWrite(Box::new(error)),
    }
}

fn unavailable(error: KeyError) -> OpenStoreError {
    OpenStoreError::KeychainUnavailable(Some(Box::new(error)))
}

fn not_reached(error: KeyError) -> DeviceError {
    DeviceError::KeychainUnavailable(Some(Box::new(error)))
}
