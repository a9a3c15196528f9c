//! The limits and names that the client works with, in one value, so that tests need not wait for
//! the real ones. Refuses to hold anything about a person or a backend.

use std::time::Duration;

/// How the client behaves. The default is what patients get.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The OAuth client id under which backends know Hale.
    pub client_id: String,
    /// The longest wait for a connection with its TLS handshake.
    pub connect_timeout: Duration,
    /// The longest time for one attempt, until the last byte of the body.
    pub request_timeout: Duration,
    /// The largest body read, in bytes after decompression.
    pub body_limit: usize,
    /// The first wait before a reading is repeated; later ones double, all with jitter.
    pub retry_delay: Duration,
    /// The longest `Retry-After` that is waited for; a longer one is handed to the caller.
    pub retry_after_limit: Duration,
    /// How long a person may take on the sign-in page.
    pub sign_in_limit: Duration,
    /// The longest time spent on revoking tokens.
    pub revoke_limit: Duration,
    /// Further root certificates that are trusted, in DER, beside those of the system.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            client_id: "hale".to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            body_limit: 32 * 1024 * 1024,
            retry_delay: Duration::from_millis(400),
            retry_after_limit: Duration::from_secs(30),
            sign_in_limit: Duration::from_secs(600),
            revoke_limit: Duration::from_secs(5),
            extra_roots: Vec::new(),
        }
    }
}
