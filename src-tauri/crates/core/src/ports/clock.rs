//! Time and chance, passed in.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The present moment and new ids.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, by this device's clock. It may be wrong: what is compared with a
    /// server's times uses the server's own `Date`.
    fn now(&self) -> DateTime<Utc>;

    /// How long this process has run, or has since some moment of its own. It never goes back and
    /// never jumps, whatever is done to the device's clock; it says nothing across a restart.
    fn elapsed(&self) -> Duration;

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

    fn elapsed(&self) -> Duration {
        static FIRST_ASKED: OnceLock<Instant> = OnceLock::new();
        FIRST_ASKED.get_or_init(Instant::now).elapsed()
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
