//! Errors of the core, and their one way to the codes that a screen can act on.

use hale_contracts::error::{ErrorCode, ErrorView};

use crate::ports::{
    CacheError, DeviceError, DiscoveryError, OpenStoreError, RemoteError, SignInError,
};

/// Why an operation failed. May carry sources, never patient data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The sign-in has lapsed; what is on the device stays readable.
    #[error("the sign-in has lapsed")]
    SignInNeeded,
    /// No backend is chosen.
    #[error("no backend is chosen")]
    NoBackend,
    /// The window asked for something that is not well formed.
    #[error("not a well-formed request: {0}")]
    InvalidRequest(&'static str),
    /// There is no such thing.
    #[error("no such thing")]
    NotFound,
    /// Another person than the one whose record is on this device signed in.
    #[error("another person's record is on this device")]
    DifferentPerson,
    /// The record on this device came from another service.
    #[error("another service's record is on this device")]
    DataOfAnotherService,
    /// The service is one that the record is read from already.
    #[error("the service is linked already")]
    AlreadyLinked,
    /// The mirror or the own data failed.
    #[error("a store failed")]
    Store(#[from] CacheError),
    /// A person's files could not be opened.
    #[error("the files could not be opened")]
    Open(#[from] OpenStoreError),
    /// The keychain or a file of the device failed.
    #[error("the device failed")]
    Device(#[from] DeviceError),
    /// The backend did not give a good answer.
    #[error("the backend failed")]
    Remote(#[from] RemoteError),
    /// The backend's answer could not be read.
    #[error("the answer could not be read")]
    Unreadable,
    /// The address cannot be used.
    #[error("the address cannot be used")]
    Discovery(#[from] DiscoveryError),
    /// The sign-in did not succeed.
    #[error("the sign-in did not succeed")]
    SignIn(#[from] SignInError),
}

impl Error {
    /// The code that a screen acts on.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::SignedOut => ErrorCode::SignedOut,
            Self::SignInNeeded => ErrorCode::SignInNeeded,
            Self::NoBackend | Self::InvalidRequest(_) => ErrorCode::InvalidRequest,
            Self::NotFound => ErrorCode::NotFound,
            Self::DifferentPerson => ErrorCode::DifferentPerson,
            Self::DataOfAnotherService => ErrorCode::DataOfAnotherService,
            Self::AlreadyLinked => ErrorCode::AlreadyLinked,
            Self::Store(error) => store_code(error),
            Self::Open(error) => open_code(error),
            Self::Device(error) => device_code(error),
            Self::Remote(error) => remote_code(error),
            Self::Unreadable => ErrorCode::UnreadableAnswer,
            Self::Discovery(error) => discovery_code(error),
            Self::SignIn(error) => sign_in_code(error),
        }
    }

    /// The error as a screen shows it.
    #[must_use]
    pub fn view(&self) -> ErrorView {
        let mut view = ErrorView::new(self.code());
        if let Self::Remote(RemoteError::Status { body, .. }) = self {
            view.server_says = server_words(body);
        }
        view
    }
}

/// The words for people in an OperationOutcome (`details.text`), if the body is one and has some.
#[must_use]
pub fn server_words(body: &[u8]) -> Option<String> {
    hale_fhir::read_outcome(body)?
        .issues
        .into_iter()
        .find_map(|issue| issue.text)
        .filter(|text| !text.trim().is_empty())
}

fn store_code(error: &CacheError) -> ErrorCode {
    match error {
        CacheError::Damaged(_) => ErrorCode::StoreDamaged,
        CacheError::MirrorDamaged => ErrorCode::RecordDamaged,
        CacheError::DiskFull(_) => ErrorCode::DiskFull,
        CacheError::ReadOnly(_) => ErrorCode::FolderReadOnly,
        CacheError::CannotWrite(_) => ErrorCode::CannotSave,
        CacheError::Closed | CacheError::Other(_) => ErrorCode::Internal,
    }
}

fn open_code(error: &OpenStoreError) -> ErrorCode {
    match error {
        OpenStoreError::KeychainUnavailable(_) => ErrorCode::KeychainUnavailable,
        OpenStoreError::KeyMissing => ErrorCode::KeyMissing,
        OpenStoreError::WrongKey => ErrorCode::WrongKey,
        OpenStoreError::Unreadable(_) => ErrorCode::StoreDamaged,
        OpenStoreError::TooNew => ErrorCode::StoreTooNew,
        OpenStoreError::DiskFull(_) => ErrorCode::DiskFull,
        OpenStoreError::ReadOnly(_) => ErrorCode::FolderReadOnly,
        OpenStoreError::Io(_) => ErrorCode::CannotSave,
        OpenStoreError::NothingHere => ErrorCode::SignedOut,
    }
}

fn device_code(error: &DeviceError) -> ErrorCode {
    match error {
        DeviceError::KeychainUnavailable(_) => ErrorCode::KeychainUnavailable,
        DeviceError::DiskFull(_) => ErrorCode::DiskFull,
        DeviceError::ReadOnly(_) => ErrorCode::FolderReadOnly,
        DeviceError::CannotWrite(_) => ErrorCode::CannotSave,
    }
}

/// The code of a failed request. Keyed on the HTTP status last: an OperationOutcome's own code was
/// looked at before, where it matters.
#[must_use]
pub fn remote_code(error: &RemoteError) -> ErrorCode {
    match error {
        RemoteError::NotConnected(_) => ErrorCode::Offline,
        RemoteError::NoAnswer { .. } => ErrorCode::TimedOut,
        RemoteError::Unsafe("certificate") => ErrorCode::BadCertificate,
        RemoteError::Unsafe(_) => ErrorCode::UnsafeConnection,
        RemoteError::SignInNeeded => ErrorCode::SignInNeeded,
        RemoteError::UnreadableAnswer(_) => ErrorCode::UnreadableAnswer,
        RemoteError::Status { status, .. } => match status {
            401 => ErrorCode::SignInNeeded,
            403 => ErrorCode::NotAllowed,
            404 | 410 => ErrorCode::NotFound,
            408 => ErrorCode::TimedOut,
            409 | 412 => ErrorCode::Changed,
            429 => ErrorCode::TooManyRequests,
            500.. => ErrorCode::ServerUnavailable,
            _ => ErrorCode::Rejected,
        },
    }
}

fn discovery_code(error: &DiscoveryError) -> ErrorCode {
    match error {
        DiscoveryError::BadAddress => ErrorCode::BadAddress,
        DiscoveryError::PlainHttp => ErrorCode::PlainHttp,
        DiscoveryError::Unreachable(_) => ErrorCode::ServiceNotReached,
        DiscoveryError::BadCertificate => ErrorCode::BadCertificate,
        DiscoveryError::NotFhir => ErrorCode::NotFhir,
        DiscoveryError::WrongVersion { .. } => ErrorCode::WrongFhirVersion,
        DiscoveryError::NoSmart => ErrorCode::NoSignInOffered,
        DiscoveryError::ServerFault(_) => ErrorCode::ServerUnavailable,
    }
}

fn sign_in_code(error: &SignInError) -> ErrorCode {
    match error {
        SignInError::Browser(_) => ErrorCode::BrowserUnavailable,
        SignInError::Cancelled => ErrorCode::SignInCancelled,
        SignInError::Refused { .. } | SignInError::NoPatient => ErrorCode::NotAllowed,
        SignInError::NotTrusted {
            check: "certificate",
        } => ErrorCode::BadCertificate,
        SignInError::NotTrusted { .. } => ErrorCode::SignInNotTrusted,
        SignInError::NotConnected(_) => ErrorCode::Offline,
        SignInError::ServerFault(_) => ErrorCode::ServerUnavailable,
        SignInError::UnreadableAnswer => ErrorCode::UnreadableAnswer,
    }
}
