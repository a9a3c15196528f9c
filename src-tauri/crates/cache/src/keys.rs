//! Where keys and tokens live: the operating system's keychain.
//!
//! Calls block and may ask the person something, so they run on threads of their own with a limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use keyring::{Entry, Error};

/// The name under which everything of Hale stands in the keychain.
const SERVICE: &str = "uk.hale.app";

/// The keychain could not do it. Never says what it holds.
#[derive(Debug, thiserror::Error)]
#[error("the keychain is not available")]
pub struct KeyError(#[source] pub Option<Box<dyn std::error::Error + Send + Sync>>);

/// Keeps secrets by name. Blocks.
pub trait KeyStore: Send + Sync + 'static {
    /// The secret under a name. None where there is none, **or where a locked keychain says so**:
    /// an absence is therefore never a reason to replace a key.
    ///
    /// # Errors
    /// If the keychain cannot be reached or refuses.
    fn get(&self, name: &str) -> Result<Option<String>, KeyError>;

    /// Keeps a secret.
    ///
    /// # Errors
    /// If the keychain cannot be reached or refuses.
    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// If the keychain cannot be reached or refuses.
    fn delete(&self, name: &str) -> Result<(), KeyError>;
}

/// The operating system's keychain: Secret Service, Keychain Services, Credential Manager.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keychain;

impl Keychain {
    fn entry(name: &str) -> Result<Entry, KeyError> {
        Entry::new(SERVICE, name).map_err(failed)
    }
}

impl KeyStore for Keychain {
    fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
        match Self::entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
        Self::entry(name)?.set_password(secret).map_err(failed)
    }

    fn delete(&self, name: &str) -> Result<(), KeyError> {
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

/// Only the kind of the failure is kept: some of the library's errors carry what was stored.
fn failed(error: Error) -> KeyError {
    match error {
        Error::PlatformFailure(source) | Error::NoStorageAccess(source) => KeyError(Some(source)),
        _ => KeyError(None),
    }
}

/// Secrets in memory, for tests: gone with the process, and locked when a test says so.
#[derive(Clone, Default)]
pub struct MemoryKeys {
    secrets: Arc<Mutex<HashMap<String, String>>>,
    is_locked: Arc<std::sync::atomic::AtomicBool>,
}

impl MemoryKeys {
    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.held().clear();
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// Refuses everything from now on, as a keychain that cannot be reached does.
    pub fn lock(&self) {
        self.is_locked
            .store(true, std::sync::atomic::Ordering::SeqCst);
    }

    fn refuse_if_locked(&self) -> Result<(), KeyError> {
        if self.is_locked.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(KeyError(None));
        }
        Ok(())
    }
}

impl KeyStore for MemoryKeys {
    fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
        self.refuse_if_locked()?;
        Ok(self.held().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
        self.refuse_if_locked()?;
        self.held().insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeyError> {
        self.refuse_if_locked()?;
        self.held().remove(name);
        Ok(())
    }
}
