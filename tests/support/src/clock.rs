//! A clock that tests move.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hale_core::ports::{Clock, SystemClock};
use uuid::Uuid;

/// The real time, moved by as much as a test says.
#[derive(Debug, Clone, Default)]
pub struct TestClock {
    offset_seconds: Arc<AtomicI64>,
    waited: Arc<Mutex<Duration>>,
}

impl TestClock {
    /// Moves the clock forwards, or backwards with a negative span.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_seconds
            .fetch_add(by.num_seconds(), Ordering::SeqCst);
    }

    /// Lets the process seem to have run for longer, with the clock's time as it is.
    pub fn wait(&self, by: Duration) {
        *lock(&self.waited) += by;
    }
}

fn lock(waited: &Mutex<Duration>) -> MutexGuard<'_, Duration> {
    waited.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.offset_seconds.load(Ordering::SeqCst))
    }

    /// Real time: moving the clock is what a device's clock does that is set by hand.
    fn elapsed(&self) -> Duration {
        SystemClock.elapsed() + *lock(&self.waited)
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
