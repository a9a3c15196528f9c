//! HTTP to one backend for one signed-in person. Bodies pass as bytes: reading them is the core's
//! work, so that leniency stands in one place.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path and query below the FHIR base, without a leading slash: `Condition?patient=1`.
    Path(String),
    /// A `next` link, taken verbatim. Refused unless it has the origin of the base.
    Next(String),
}

/// A reading request. Always safe to repeat; the transport repeats it where that may help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// What.
    pub target: Target,
    /// `If-None-Match`, to be told "unchanged".
    pub if_none_match: Option<String>,
}

/// A whole answer, of a status below 400.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status: 200, 207, 304.
    pub status: u16,
    /// `ETag`.
    pub etag: Option<String>,
    /// The server's `Date`.
    pub server_date: Option<DateTime<Utc>>,
    /// The body; at most 32 MB.
    pub body: Vec<u8>,
}

/// A writing request. **Never repeated by the transport**, not even after a refresh of the token
/// unless the server had refused it with 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// `POST`, `PUT` or `PATCH`.
    pub method: &'static str,
    /// Path and query below the FHIR base.
    pub path: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
    /// `X-Request-ID`: the same at every attempt of the same request.
    pub request_id: Uuid,
    /// `If-Match`.
    pub if_match: Option<String>,
    /// `If-None-Exist`.
    pub if_none_exist: Option<String>,
}

/// An acknowledged write, of a status below 400.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The HTTP status: 200 (already there, or changed) or 201 (made).
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// The server's `Date`.
    pub server_date: Option<DateTime<Utc>>,
    /// The body, which may be empty.
    pub body: Vec<u8>,
}

/// Why there is no good answer. Holds no address, no body and no patient data in its text.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// No connection was made: the request certainly did not reach the server.
    #[error("no connection")]
    NotConnected(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The request may have reached the server, and no whole answer came back.
    #[error("no answer")]
    NoAnswer {
        /// Whether a time limit ended it.
        timed_out: bool,
        /// What the transport reported.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The connection is not safe: certificate, plain HTTP beyond this device, another origin.
    #[error("unsafe connection")]
    Unsafe(&'static str),
    /// The sign-in has lapsed: refreshing the token was refused. The request was not carried out.
    #[error("sign-in needed")]
    SignInNeeded,
    /// The server answered with an error status (400 and above; 401 only after a refresh).
    #[error("the server answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, cut at 64 KB: perhaps an OperationOutcome.
        body: Vec<u8>,
        /// How long the server asks to wait (`Retry-After`, seconds or date).
        retry_after: Option<Duration>,
    },
    /// The answer is larger than Hale reads, or is not finished.
    #[error("the answer is too large or broken")]
    UnreadableAnswer(&'static str),
}

/// One backend, for one person.
pub trait Remote: Send + Sync + 'static {
    /// Reads.
    fn fetch(&self, fetch: Fetch) -> impl Future<Output = Result<Fetched, RemoteError>> + Send;

    /// Writes once.
    fn write(&self, write: Write) -> impl Future<Output = Result<Written, RemoteError>> + Send;
}
