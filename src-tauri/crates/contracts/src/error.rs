//! Why something could not be done, as far as a screen can act on it.

use serde::{Deserialize, Serialize};

/// What went wrong. A code exists only if a screen acts or speaks differently on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The device has no network, or the server's address does not answer.
    Offline,
    /// The server did not answer in time.
    TimedOut,
    /// The server says that it is not available now (HTTP 502, 503, 504, 500).
    ServerUnavailable,
    /// The server asks for fewer requests (HTTP 429).
    TooManyRequests,
    /// What the server sent could not be read.
    UnreadableAnswer,
    /// The server answered with a part only: it said so, or entries could not be read.
    Incomplete,
    /// The connection is not safe: another origin, or an address that must not be used.
    UnsafeConnection,
    /// The server's certificate is not trusted.
    BadCertificate,
    /// The sign-in has lapsed or was revoked: reading goes on, online actions need a sign-in.
    SignInNeeded,
    /// The server refuses this person this thing (HTTP 403).
    NotAllowed,
    /// There is no such thing, here or on the server.
    NotFound,
    /// Something changed on the server meanwhile: read again and ask again.
    Changed,
    /// The server did not accept what was sent (HTTP 400, 422).
    Rejected,
    /// The request from the window was not well formed.
    InvalidRequest,
    /// Nobody is signed in and nothing is on the device.
    SignedOut,
    /// The operating system's keychain is not there or is locked.
    KeychainUnavailable,
    /// The record's file is here but its key is not.
    KeyMissing,
    /// The key in the keychain is not the one of the record's file, which may be whole.
    WrongKey,
    /// The file with what the patient made is damaged. It stays until the patient says otherwise.
    StoreDamaged,
    /// The copy of the record on this device is damaged: it is read again from the services.
    RecordDamaged,
    /// The file on this device was written by a newer version of Hale.
    StoreTooNew,
    /// The device could not save, and does not say why.
    CannotSave,
    /// The device has no room left.
    DiskFull,
    /// The folder of the files may only be read.
    FolderReadOnly,
    /// What was typed is no web address.
    BadAddress,
    /// The address is plain HTTP and leads beyond this device.
    PlainHttp,
    /// Nothing answers at the address that was asked about.
    ServiceNotReached,
    /// The address is not a FHIR server.
    NotFhir,
    /// The server speaks another version of FHIR than R4.
    WrongFhirVersion,
    /// The server offers no SMART sign-in.
    NoSignInOffered,
    /// The system browser could not be opened.
    BrowserUnavailable,
    /// The patient or the sign-in page ended the sign-in.
    SignInCancelled,
    /// The answer of the sign-in failed a safety check: state, nonce, issuer, code or signature.
    SignInNotTrusted,
    /// The person who signed in is another than the one whose record is on this device.
    DifferentPerson,
    /// The record on this device came from another service than the one that was chosen.
    DataOfAnotherService,
    /// The service is one that the record is read from already.
    AlreadyLinked,
    /// A fault of Hale's own.
    Internal,
}

/// An error as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorView {
    /// What went wrong.
    pub code: ErrorCode,
    /// A short code to quote to a helper, for example `OFF-1`. Holds no personal data.
    pub reference: String,
    /// Whether trying again may help.
    pub can_retry: bool,
    /// Words of the server's own that are meant for people (`OperationOutcome.details.text`), if any.
    pub server_says: Option<String>,
}

impl ErrorView {
    /// An error of this kind, with a reference made from its code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            reference: code.reference().to_owned(),
            can_retry: code.can_retry(),
            server_says: None,
        }
    }
}

impl ErrorCode {
    /// The short code that a patient can quote. Unique, and never changed once published.
    #[must_use]
    pub const fn reference(self) -> &'static str {
        match self {
            Self::Offline => "NET-1",
            Self::TimedOut => "NET-2",
            Self::ServerUnavailable => "NET-3",
            Self::TooManyRequests => "NET-4",
            Self::UnreadableAnswer => "NET-5",
            Self::UnsafeConnection => "NET-6",
            Self::Incomplete => "NET-7",
            Self::BadCertificate => "NET-8",
            Self::SignInNeeded => "SGN-1",
            Self::SignedOut => "SGN-2",
            Self::BrowserUnavailable => "SGN-3",
            Self::SignInCancelled => "SGN-4",
            Self::SignInNotTrusted => "SGN-5",
            Self::DifferentPerson => "SGN-6",
            Self::NotAllowed => "REQ-1",
            Self::NotFound => "REQ-2",
            Self::Changed => "REQ-3",
            Self::Rejected => "REQ-4",
            Self::InvalidRequest => "REQ-5",
            Self::KeychainUnavailable => "DEV-1",
            Self::KeyMissing => "DEV-2",
            Self::StoreDamaged => "DEV-3",
            Self::StoreTooNew => "DEV-4",
            Self::CannotSave => "DEV-5",
            Self::WrongKey => "DEV-6",
            Self::DiskFull => "DEV-7",
            Self::FolderReadOnly => "DEV-8",
            Self::RecordDamaged => "DEV-9",
            Self::NotFhir => "SRV-1",
            Self::WrongFhirVersion => "SRV-2",
            Self::NoSignInOffered => "SRV-3",
            Self::ServiceNotReached => "SRV-4",
            Self::BadAddress => "SRV-5",
            Self::PlainHttp => "SRV-6",
            Self::DataOfAnotherService => "SRV-7",
            Self::AlreadyLinked => "SRV-8",
            Self::Internal => "APP-1",
        }
    }

    /// Whether the same action may succeed when tried again without any change.
    #[must_use]
    pub const fn can_retry(self) -> bool {
        matches!(
            self,
            Self::Offline
                | Self::TimedOut
                | Self::ServerUnavailable
                | Self::TooManyRequests
                | Self::UnreadableAnswer
                | Self::Incomplete
                | Self::ServiceNotReached
                | Self::KeychainUnavailable
                | Self::CannotSave
                | Self::DiskFull
                | Self::FolderReadOnly
                | Self::RecordDamaged
                | Self::BrowserUnavailable
                | Self::SignInCancelled
                | Self::Internal
        )
    }
}
