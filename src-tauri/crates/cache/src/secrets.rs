//! A person's secrets in the keychain, by name: the key of their files, and the tokens of each
//! source.
//!
//! Names below the service: `<person>/record-key`, `<person>/tokens/<source>`, and
//! `<person>/sources`, the list of the sources that tokens are kept for (a keychain cannot be
//! listed, and removing a person must forget them all).

use std::sync::Arc;
use std::time::Duration;

use hale_core::ports::{PersonId, SourceId, Tokens};
use zeroize::Zeroizing;

use crate::keys::{KeyError, KeyStore};
use crate::raw_key::RawKey;

/// How long a keychain may take. It may ask the person to unlock it, so this is long.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the keychain answered when asked for a key.
pub(crate) enum Held {
    /// Here it is.
    Key(RawKey),
    /// The keychain is open, and has none that could be used.
    Nothing,
}

/// The keychain, called on threads of its own and with a limit.
#[derive(Clone)]
pub(crate) struct Secrets(Arc<dyn KeyStore>);

impl Secrets {
    pub(crate) fn new(keys: impl KeyStore) -> Self {
        Self(Arc::new(keys))
    }

    /// The key of a person's files, which are there.
    pub(crate) async fn key(&self, person: &PersonId) -> Result<Held, KeyError> {
        let name = key_name(person);
        let probe = format!("{}/probe", person.0);
        self.call(move |keys| {
            let held = keys.get(&name)?.map(Zeroizing::new);
            if let Some(key) = held.as_deref().and_then(|hex| RawKey::from_hex(hex)) {
                return Ok(Held::Key(key));
            }
            // A locked Secret Service says that there is nothing. Only one that keeps something
            // new is open, and has truly lost the key.
            keys.set(&probe, "open")?;
            keys.delete(&probe)?;
            Ok(Held::Nothing)
        })
        .await
    }

    /// Keeps a new person's key, and reads it back: only then may a file depend on it.
    pub(crate) async fn keep_key(&self, person: &PersonId, key: &RawKey) -> Result<(), KeyError> {
        let name = key_name(person);
        let hex = key.to_hex();
        self.call(move |keys| {
            keys.set(&name, &hex)?;
            let kept = keys.get(&name)?.map(Zeroizing::new);
            if kept.as_deref() != Some(&*hex) {
                return Err(KeyError(None));
            }
            Ok(())
        })
        .await
    }

    /// Forgets a person's key.
    pub(crate) async fn forget_key(&self, person: &PersonId) -> Result<(), KeyError> {
        let name = key_name(person);
        self.call(move |keys| keys.delete(&name)).await
    }

    /// Forgets a person's key and the tokens of every source. What can be forgotten is, even if
    /// something else cannot.
    pub(crate) async fn forget(&self, person: &PersonId) -> Result<(), KeyError> {
        let person = person.clone();
        self.call(move |keys| {
            let key = keys.delete(&key_name(&person));
            for source in sources(keys, &person)? {
                keys.delete(&tokens_name(&person, &source))?;
            }
            // Last, so that a second try still knows them.
            keys.delete(&sources_name(&person))?;
            key
        })
        .await
    }

    /// The sources that tokens were ever kept for.
    pub(crate) async fn token_sources(&self, person: &PersonId) -> Result<Vec<SourceId>, KeyError> {
        let person = person.clone();
        self.call(move |keys| sources(keys, &person)).await
    }

    /// The tokens of a source. Some that cannot be read any more are as good as none: the person
    /// signs in again.
    pub(crate) async fn tokens(
        &self,
        person: &PersonId,
        source: &SourceId,
    ) -> Result<Option<Tokens>, KeyError> {
        let name = tokens_name(person, source);
        self.call(move |keys| {
            let json = keys.get(&name)?.map(Zeroizing::new);
            Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
        })
        .await
    }

    /// Keeps the tokens of a source, or forgets them.
    pub(crate) async fn keep_tokens(
        &self,
        person: PersonId,
        source: SourceId,
        tokens: Option<Tokens>,
    ) -> Result<(), KeyError> {
        self.call(move |keys| {
            let name = tokens_name(&person, &source);
            let Some(tokens) = tokens else {
                return keys.delete(&name);
            };
            let json = serde_json::to_string(&tokens)
                .map(Zeroizing::new)
                .map_err(|error| KeyError(Some(Box::new(error))))?;
            let mut known = sources(keys, &person)?;
            if !known.contains(&source) {
                known.push(source);
                let list = serde_json::to_string(&known)
                    .map_err(|error| KeyError(Some(Box::new(error))))?;
                keys.set(&sources_name(&person), &list)?;
            }
            keys.set(&name, &json)
        })
        .await
    }

    /// Runs a call to the keychain on a thread that nobody waits for: one that never answers must
    /// not keep the app from closing.
    async fn call<T, F>(&self, call: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn KeyStore) -> Result<T, KeyError> + Send + 'static,
    {
        let keys = Arc::clone(&self.0);
        let (answer, answered) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || answer.send(call(keys.as_ref())).ok())
            .map_err(|error| KeyError(Some(Box::new(error))))?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(KeyError(Some(Box::new(error)))),
            Err(error) => Err(KeyError(Some(Box::new(error)))),
        }
    }
}

fn sources(keys: &dyn KeyStore, person: &PersonId) -> Result<Vec<SourceId>, KeyError> {
    let list = keys.get(&sources_name(person))?;
    Ok(list
        .and_then(|list| serde_json::from_str(&list).ok())
        .unwrap_or_default())
}

fn key_name(person: &PersonId) -> String {
    format!("{}/record-key", person.0)
}

fn sources_name(person: &PersonId) -> String {
    format!("{}/sources", person.0)
}

fn tokens_name(person: &PersonId, source: &SourceId) -> String {
    format!("{}/tokens/{}", person.0, source.0)
}
