//! The HTTP client: finding a backend, signing in to it and speaking FHIR with it.
//!
//! Owns every byte that leaves the device: addresses, time limits, size limits, repetition, tokens
//! in use. Refuses to read FHIR (bodies pass as bytes), to keep anything (the core's ports do), to
//! speak plain HTTP beyond this device, and to name an address, a body or a token in an error or a
//! log line.

mod address;
mod auth;
mod backends;
mod discovery;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod headers;
mod id_token;
mod loopback;
mod options;
mod remote;
mod scopes;
mod session;
mod token;
mod transport;

pub use backends::HttpBackends;
pub use options::HttpOptions;
pub use remote::HttpRemote;

/// Installs ring as the TLS provider of this process. May be called any number of times; the shell
/// calls it first of all, and [`HttpBackends::new`] makes sure of it.
pub fn install_crypto() {
    // An error only says that a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
