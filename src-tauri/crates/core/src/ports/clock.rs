//! Time and chance, passed in.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The present moment and new ids.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, by this device's clock. It may be wrong: what is compared with a
    /// server's times uses the server's own `Date`.
    fn now(&self) -> DateTime<Utc>;

    /// A new random id (RFC 9562 version 4).
    fn new_id(&self) -> Uuid;
}

/// The device's own clock and randomness. The one reading of the clock in this crate, for the
/// composition roots to pass in.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
