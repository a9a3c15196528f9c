//! This device: who has data on it, where the files and keys are, and the settings that hold
//! nothing personal.

use std::future::Future;

use chrono::{DateTime, Utc};
use hale_contracts::account::AppearanceView;
use serde::{Deserialize, Serialize};

use super::cache::{Cache, SourceId};
use super::own::Own;

/// Hale's own random id of a person on this device. Names folders; says nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

/// What is kept outside the encrypted files, because it is needed before they open. Nothing
/// personal: no name, number, token or key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSettings {
    /// The FHIR base address of the backend that was chosen, or last signed in to.
    pub backend_url: Option<String>,
    /// The backend given at the start that the patient chose `backend_url` instead of. As long as
    /// that one is given, the choice counts.
    pub chosen_instead_of: Option<String>,
    /// The person whose data is shown, if one has signed in on this device.
    pub person: Option<PersonId>,
    /// Whether that person has signed out without removing the data: it stays closed until they
    /// sign in again.
    pub is_signed_out: bool,
    /// How the window looks.
    pub appearance: AppearanceView,
}

/// What a sign-in gave. Lives in the keychain; never in a log, a file in the clear or the window.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// For the next calls.
    pub access_token: String,
    /// When the access token ends, by this device's clock.
    pub expires_at: Option<DateTime<Utc>>,
    /// For new access tokens, where the server gives one.
    pub refresh_token: Option<String>,
    /// The scopes granted, as the server wrote them.
    pub scope: String,
    /// The patient that the tokens are for: the id on this server.
    pub patient_id: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens(…)")
    }
}

/// Why a person's files could not be opened. Apart from [`super::CacheError`], because a screen
/// offers other ways out.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// There is no keychain, or it is locked or refuses.
    #[error("the keychain is not available")]
    KeychainUnavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The files are here, but the keychain has no key for them. No new database is made.
    #[error("the files are here but their key is not")]
    KeyMissing,
    /// The key in the keychain is not the one of these files. They may be whole: nothing of them is
    /// changed or made anew.
    #[error("the key is not the one of these files")]
    WrongKey,
    /// The key is the right one, and the file is damaged.
    #[error("the file is damaged")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A newer version of Hale wrote the file.
    #[error("the file was written by a newer version")]
    TooNew,
    /// The disk is full.
    #[error("this device is full")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder or the file may only be read, and that is not enough.
    #[error("the folder may only be read")]
    ReadOnly(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder or the file cannot be used.
    #[error("the file cannot be opened or made")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There are no files of this person.
    #[error("there is nothing of this person here")]
    NothingHere,
}

/// The device could not keep or give something that is not a person's file.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// There is no keychain, or it is locked or refuses.
    #[error("the keychain is not available")]
    KeychainUnavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The disk is full.
    #[error("this device is full")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder or the file may only be read.
    #[error("the folder may only be read")]
    ReadOnly(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file could not be written or removed.
    #[error("could not write to this device")]
    CannotWrite(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What was saved of a damaged `own.db`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// How many rows of what the patient made still read, and are in the new file.
    pub kept: u32,
    /// How many did not. None where nobody can tell: the damage hides how many there were.
    pub lost: Option<u32>,
    /// The name of the damaged file, which is still in the person's folder. None where there was
    /// no file any more.
    pub kept_aside: Option<String>,
}

/// This device.
pub trait Device: Send + Sync + 'static {
    /// The mirror that it opens.
    type Cache: Cache;
    /// The own data that it opens.
    type Own: Own;

    /// The settings; defaults where there are none or they cannot be read.
    fn settings(&self) -> impl Future<Output = DeviceSettings> + Send;

    /// Keeps the settings.
    fn save_settings(
        &self,
        settings: DeviceSettings,
    ) -> impl Future<Output = Result<(), DeviceError>> + Send;

    /// Opens a person's files. Never makes any: [`OpenStoreError::NothingHere`] if there are none,
    /// [`OpenStoreError::KeyMissing`] if there are but not their key.
    fn open(
        &self,
        person: PersonId,
    ) -> impl Future<Output = Result<(Self::Cache, Self::Own), OpenStoreError>> + Send;

    /// Makes a new person's files with a new key, kept in the keychain before the files are made.
    fn create(
        &self,
        person: PersonId,
    ) -> impl Future<Output = Result<(Self::Cache, Self::Own), OpenStoreError>> + Send;

    /// Puts a new `own.db` in the place of one that is [`OpenStoreError::Unreadable`], with every
    /// row of it that still reads, and keeps the damaged one aside. Only after the patient's yes:
    /// nothing else ever replaces `own.db`. A file that is whole stays as it is.
    ///
    /// The note of this name says whose the rows are. Where it is lost, none is taken over, and the
    /// mirror goes too: somebody else may be the next to sign in.
    fn mend(
        &self,
        person: PersonId,
        owner_note: &'static str,
    ) -> impl Future<Output = Result<Salvaged, OpenStoreError>> + Send;

    /// Removes a person's files, key and tokens from this device. The stores must have been dropped.
    fn remove(&self, person: PersonId) -> impl Future<Output = Result<(), DeviceError>> + Send;

    /// The sources that tokens are kept for, whether they still are there or not.
    fn token_sources(
        &self,
        person: PersonId,
    ) -> impl Future<Output = Result<Vec<SourceId>, DeviceError>> + Send;

    /// The tokens kept for a person and source.
    fn tokens(
        &self,
        person: PersonId,
        source: SourceId,
    ) -> impl Future<Output = Result<Option<Tokens>, DeviceError>> + Send;

    /// Keeps tokens, or forgets them with `None`.
    fn save_tokens(
        &self,
        person: PersonId,
        source: SourceId,
        tokens: Option<Tokens>,
    ) -> impl Future<Output = Result<(), DeviceError>> + Send;
}
