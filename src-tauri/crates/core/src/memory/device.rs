//! A device, in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::{MemoryCache, MemoryOwn, held};
use crate::ports::{
    Device, DeviceError, DeviceSettings, OpenStoreError, PersonId, Salvaged, SourceId, Tokens,
};

/// A device that lives as long as the process. Clones share what they hold, so a test starts the
/// app again on a clone.
#[derive(Clone, Default)]
pub struct MemoryDevice(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    settings: DeviceSettings,
    people: HashMap<PersonId, (MemoryCache, MemoryOwn)>,
    keys: std::collections::HashSet<PersonId>,
    tokens: HashMap<(PersonId, SourceId), Tokens>,
    is_locked: bool,
}

impl MemoryDevice {
    /// Locks the keychain, or opens it again.
    pub fn set_locked(&self, is_locked: bool) {
        held(&self.0).is_locked = is_locked;
    }

    /// Forgets a person's key, as a keychain does that was replaced.
    pub fn forget_key(&self, person: &PersonId) {
        held(&self.0).keys.remove(person);
    }
}

impl Device for MemoryDevice {
    type Cache = MemoryCache;
    type Own = MemoryOwn;

    async fn settings(&self) -> DeviceSettings {
        held(&self.0).settings.clone()
    }

    async fn save_settings(&self, settings: DeviceSettings) -> Result<(), DeviceError> {
        held(&self.0).settings = settings;
        Ok(())
    }

    async fn open(&self, person: PersonId) -> Result<(MemoryCache, MemoryOwn), OpenStoreError> {
        let state = held(&self.0);
        let stores = state
            .people
            .get(&person)
            .ok_or(OpenStoreError::NothingHere)?;
        if state.is_locked {
            return Err(OpenStoreError::KeychainUnavailable(None));
        }
        if !state.keys.contains(&person) {
            return Err(OpenStoreError::KeyMissing);
        }
        Ok(stores.clone())
    }

    async fn create(&self, person: PersonId) -> Result<(MemoryCache, MemoryOwn), OpenStoreError> {
        let mut state = held(&self.0);
        if state.is_locked {
            return Err(OpenStoreError::KeychainUnavailable(None));
        }
        if state.people.contains_key(&person) {
            let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(OpenStoreError::Io(Box::new(error)));
        }
        let stores = (MemoryCache::default(), MemoryOwn::default());
        state.keys.insert(person.clone());
        state.people.insert(person, stores.clone());
        Ok(stores)
    }

    async fn mend(
        &self,
        person: PersonId,
        _owner_note: &'static str,
    ) -> Result<Salvaged, OpenStoreError> {
        // What is in memory is never damaged.
        self.open(person).await.map(|_| Salvaged {
            lost: Some(0),
            ..Salvaged::default()
        })
    }

    async fn remove(&self, person: PersonId) -> Result<(), DeviceError> {
        let mut state = held(&self.0);
        state.people.remove(&person);
        if state.is_locked {
            return Err(DeviceError::KeychainUnavailable(None));
        }
        state.keys.remove(&person);
        state.tokens.retain(|(of, _), _| *of != person);
        Ok(())
    }

    async fn token_sources(&self, person: PersonId) -> Result<Vec<SourceId>, DeviceError> {
        let state = held(&self.0);
        if state.is_locked {
            return Err(DeviceError::KeychainUnavailable(None));
        }
        let of = state.tokens.keys().filter(|(of, _)| *of == person);
        Ok(of.map(|(_, source)| source.clone()).collect())
    }

    async fn tokens(
        &self,
        person: PersonId,
        source: SourceId,
    ) -> Result<Option<Tokens>, DeviceError> {
        let state = held(&self.0);
        if state.is_locked {
            return Err(DeviceError::KeychainUnavailable(None));
        }
        Ok(state.tokens.get(&(person, source)).cloned())
    }

    async fn save_tokens(
        &self,
        person: PersonId,
        source: SourceId,
        tokens: Option<Tokens>,
    ) -> Result<(), DeviceError> {
        let mut state = held(&self.0);
        if state.is_locked {
            return Err(DeviceError::KeychainUnavailable(None));
        }
        match tokens {
            Some(tokens) => state.tokens.insert((person, source), tokens),
            None => state.tokens.remove(&(person, source)),
        };
        Ok(())
    }
}
