//! Where keys and tokens live: the operating system's keychain. Owns the reaching of it, not the
//! names or the meaning of what is kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The keychain could not do it. Never says what it holds.
#[derive(Debug, thiserror::Error)]
#[error("the keychain is not available")]
pub struct KeyError(#[source] pub Option<Box<dyn std::error::Error + Send + Sync>>);

/// Keeps secrets by name. Calls block, and may ask the person something.
pub trait KeyStore: Send + Sync + 'static {
    /// The secret under a name. None where there is none, **or where a locked keychain says so**:
    /// an absence is therefore never a reason to replace a key.
    ///
    /// # Errors
    /// If the keychain cannot be reached or refuses.
    fn get(&self, name: &str) -> Result<Option<String>, KeyError>;

    /// Keeps a secret, in the place of what is under its name.
    ///
    /// # Errors
    /// If the keychain cannot be reached, is locked or refuses.
    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// If the keychain cannot be reached or refuses.
    fn delete(&self, name: &str) -> Result<(), KeyError>;
}

/// The operating system's keychain: Secret Service, Keychain Services, Credential Manager.
///
/// On Android and iOS every call fails for now, so nothing is ever stored there: their keychains
/// need stores of their own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keychain;

#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod desktop {
    use keyring::{Entry, Error};

    use super::{KeyError, KeyStore, Keychain};

    /// The name under which everything of Hale stands in the keychain.
    const SERVICE: &str = "uk.hale.app";

    impl KeyStore for Keychain {
        fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
            match entry(name)?.get_password() {
                Ok(secret) => Ok(Some(secret)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(failed(error)),
            }
        }

        fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
            entry(name)?.set_password(secret).map_err(failed)
        }

        fn delete(&self, name: &str) -> Result<(), KeyError> {
            match entry(name)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(failed(error)),
            }
        }
    }

    fn entry(name: &str) -> Result<Entry, KeyError> {
        Entry::new(SERVICE, name).map_err(failed)
    }

    /// Only the kind of the failure is kept: some of the library's errors carry what was stored.
    fn failed(error: Error) -> KeyError {
        match error {
            Error::PlatformFailure(source) | Error::NoStorageAccess(source) => {
                KeyError(Some(source))
            }
            _ => KeyError(None),
        }
    }
}

#[cfg(any(target_os = "android", target_os = "ios"))]
impl KeyStore for Keychain {
    fn get(&self, _name: &str) -> Result<Option<String>, KeyError> {
        Err(KeyError(None))
    }

    fn set(&self, _name: &str, _secret: &str) -> Result<(), KeyError> {
        Err(KeyError(None))
    }

    fn delete(&self, _name: &str) -> Result<(), KeyError> {
        Err(KeyError(None))
    }
}

/// Secrets in memory, for tests: gone with the process, and locked when a test says so. Clones
/// share what they hold.
#[derive(Clone, Default)]
pub struct MemoryKeys {
    secrets: Arc<Mutex<HashMap<String, String>>>,
    is_unreachable: Arc<AtomicBool>,
    is_locked: Arc<AtomicBool>,
}

impl MemoryKeys {
    fn held(&self) -> MutexGuard<'_, HashMap<String, String>> {
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

    /// Everything that is kept, by name.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        let held = self.held();
        held.iter()
            .map(|(name, secret)| (name.clone(), secret.clone()))
            .collect()
    }

    /// Refuses everything from now on, as a keychain that cannot be reached does.
    pub fn lock(&self) {
        self.is_unreachable.store(true, Ordering::SeqCst);
    }

    /// Takes back [`Self::lock`] and [`Self::lock_quietly`].
    pub fn unlock(&self) {
        self.is_unreachable.store(false, Ordering::SeqCst);
        self.is_locked.store(false, Ordering::SeqCst);
    }

    /// From now on says that nothing is there and refuses to keep anything, as a locked Secret
    /// Service does.
    pub fn lock_quietly(&self) {
        self.is_locked.store(true, Ordering::SeqCst);
    }

    fn is_locked(&self) -> bool {
        self.is_locked.load(Ordering::SeqCst)
    }

    fn refuse_if_unreachable(&self) -> Result<(), KeyError> {
        if self.is_unreachable.load(Ordering::SeqCst) {
            return Err(KeyError(None));
        }
        Ok(())
    }
}

impl KeyStore for MemoryKeys {
    fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
        self.refuse_if_unreachable()?;
        if self.is_locked() {
            return Ok(None);
        }
        Ok(self.held().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
        self.refuse_if_unreachable()?;
        if self.is_locked() {
            return Err(KeyError(None));
        }
        self.held().insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeyError> {
        self.refuse_if_unreachable()?;
        if !self.is_locked() {
            self.held().remove(name);
        }
        Ok(())
    }
}
