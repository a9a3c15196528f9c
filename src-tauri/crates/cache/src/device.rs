//! This device: each person's folder with two files, their keys and tokens, and the settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hale_core::ports::{
    Device, DeviceError, DeviceSettings, OpenStoreError, PersonId, SourceId, Tokens,
};
use rusqlite::Connection;

use crate::keys::{KeyError, KeyStore, Keychain};
use crate::open::{File, RawKey, open, open_reader};
use crate::own::OwnStore;
use crate::record::RecordStore;
use crate::settings;
use crate::worker::Worker;

/// How long a keychain may take. It may ask the person to unlock it, so this is long.
const KEYCHAIN_LIMIT: Duration = Duration::from_secs(120);

/// This device.
pub struct LocalDevice {
    folder: PathBuf,
    keys: Arc<dyn KeyStore>,
}

impl LocalDevice {
    /// The device with its files in this folder and its keys in the system's keychain.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self::with_keys(folder, Keychain)
    }

    /// The same with another keychain.
    #[must_use]
    pub fn with_keys(folder: PathBuf, keys: impl KeyStore) -> Self {
        Self {
            folder,
            keys: Arc::new(keys),
        }
    }

    fn person_folder(&self, person: &PersonId) -> Option<PathBuf> {
        // Ids are our own UUIDs; anything that could lead elsewhere is not one.
        let is_plain = !person.0.is_empty()
            && person
                .0
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        is_plain.then(|| self.folder.join("people").join(&person.0))
    }

    /// Runs a call to the keychain on a thread of its own, with a limit.
    async fn with_keychain<T, F>(&self, call: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn KeyStore) -> Result<T, KeyError> + Send + 'static,
    {
        let keys = Arc::clone(&self.keys);
        let call = tokio::task::spawn_blocking(move || call(keys.as_ref()));
        match tokio::time::timeout(KEYCHAIN_LIMIT, call).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(KeyError(Some(Box::new(error)))),
            Err(error) => Err(KeyError(Some(Box::new(error)))),
        }
    }

    async fn key(&self, person: &PersonId) -> Result<RawKey, OpenStoreError> {
        let name = key_name(person);
        let held = self
            .with_keychain(move |keys| keys.get(&name))
            .await
            .map_err(|error| OpenStoreError::KeychainUnavailable(Some(Box::new(error))))?
            .map(zeroize::Zeroizing::new);
        match held {
            None => Err(OpenStoreError::KeyMissing),
            Some(text) => RawKey::from_hex(&text).ok_or(OpenStoreError::KeyMissing),
        }
    }
}

fn key_name(person: &PersonId) -> String {
    format!("{}/key", person.0)
}

fn tokens_name(person: &PersonId, source: &SourceId) -> String {
    format!("{}/tokens/{}", person.0, source.0)
}

impl Device for LocalDevice {
    type Cache = RecordStore;
    type Own = OwnStore;

    async fn settings(&self) -> DeviceSettings {
        settings::read(&self.folder)
    }

    async fn save_settings(&self, settings: DeviceSettings) -> Result<(), DeviceError> {
        settings::write(&self.folder, &settings)
    }

    async fn open(&self, person: PersonId) -> Result<(RecordStore, OwnStore), OpenStoreError> {
        let folder = self
            .person_folder(&person)
            .ok_or(OpenStoreError::NothingHere)?;
        if !folder.join(File::Own.name()).exists() && !folder.join(File::Record.name()).exists() {
            return Err(OpenStoreError::NothingHere);
        }
        let key = self.key(&person).await?;
        blocking(move || open_files(&folder, &key, false)).await
    }

    async fn create(&self, person: PersonId) -> Result<(RecordStore, OwnStore), OpenStoreError> {
        let folder = self
            .person_folder(&person)
            .ok_or(OpenStoreError::NothingHere)?;
        if folder.join(File::Own.name()).exists() {
            // A second key beside a file that an older one opens would lose that file.
            return Err(OpenStoreError::KeyMissing);
        }
        let key = RawKey::random()?;
        let name = key_name(&person);
        let hex = key.to_hex();
        // Kept, and read back, before a file needs it.
        let is_kept = self
            .with_keychain(move |keys| {
                keys.set(&name, &hex)?;
                Ok(keys.get(&name)?.as_deref() == Some(hex.as_str()))
            })
            .await
            .map_err(|error| OpenStoreError::KeychainUnavailable(Some(Box::new(error))))?;
        if !is_kept {
            return Err(OpenStoreError::KeychainUnavailable(None));
        }
        blocking(move || {
            make_folder(&folder).map_err(|error| OpenStoreError::Io(Box::new(error)))?;
            open_files(&folder, &key, true)
        })
        .await
    }

    async fn remove(&self, person: PersonId) -> Result<(), DeviceError> {
        if let Some(folder) = self.person_folder(&person)
            && folder.exists()
        {
            std::fs::remove_dir_all(&folder)
                .map_err(|error| DeviceError::CannotWrite(Box::new(error)))?;
        }
        // Without its key a file left behind could not be read either.
        let names = [
            key_name(&person),
            tokens_name(&person, &SourceId("main".to_owned())),
        ];
        self.with_keychain(move |keys| names.iter().try_for_each(|name| keys.delete(name)))
            .await
            .map_err(|error| DeviceError::KeychainUnavailable(Some(Box::new(error))))
    }

    async fn tokens(
        &self,
        person: PersonId,
        source: SourceId,
    ) -> Result<Option<Tokens>, DeviceError> {
        let name = tokens_name(&person, &source);
        let held = self
            .with_keychain(move |keys| keys.get(&name))
            .await
            .map_err(|error| DeviceError::KeychainUnavailable(Some(Box::new(error))))?
            .map(zeroize::Zeroizing::new);
        // Tokens that cannot be read any more are as good as none: the person signs in again.
        Ok(held.and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn save_tokens(
        &self,
        person: PersonId,
        source: SourceId,
        tokens: Option<Tokens>,
    ) -> Result<(), DeviceError> {
        let name = tokens_name(&person, &source);
        let json = tokens
            .map(|tokens| serde_json::to_string(&tokens))
            .transpose()
            .map_err(|error| DeviceError::CannotWrite(Box::new(error)))?
            .map(zeroize::Zeroizing::new);
        self.with_keychain(move |keys| match json {
            Some(json) => keys.set(&name, &json),
            None => keys.delete(&name),
        })
        .await
        .map_err(|error| DeviceError::KeychainUnavailable(Some(Box::new(error))))
    }
}

/// Opens both files. `own.db` is opened first and never replaced. The mirror is made anew where it
/// is gone or unreadable: everything in it comes again from the backends.
fn open_files(
    folder: &Path,
    key: &RawKey,
    may_create: bool,
) -> Result<(RecordStore, OwnStore), OpenStoreError> {
    let own_path = folder.join(File::Own.name());
    let own = open(&own_path, File::Own, key, may_create)?;
    let record_path = folder.join(File::Record.name());
    let record = match open(&record_path, File::Record, key, true) {
        Err(OpenStoreError::Unreadable(error)) => {
            tracing::warn!(%error, "the mirror is unreadable and is made anew");
            set_aside(&record_path).map_err(|error| OpenStoreError::Io(Box::new(error)))?;
            open(&record_path, File::Record, key, true)?
        }
        opened => opened?,
    };
    Ok((
        RecordStore::new(start(&record_path, File::Record, key, record)?),
        OwnStore::new(start(&own_path, File::Own, key, own)?),
    ))
}

fn start(
    path: &Path,
    file: File,
    key: &RawKey,
    writer: Connection,
) -> Result<Worker, OpenStoreError> {
    let reader = open_reader(path, file, key)?;
    Worker::start(file.name(), writer, reader).map_err(|error| OpenStoreError::Io(Box::new(error)))
}

/// Removes a mirror that cannot be read, with the files that belong to it.
fn set_aside(path: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
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
