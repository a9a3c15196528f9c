//! The backend's own clock: real time, moved by as much as a tester says. It owns no time zone;
//! everything here is UTC. Records, slots, tokens and the `Date` header follow it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

/// A handle on the clock. Clones move together.
#[derive(Debug, Clone, Default)]
pub struct MockClock {
    offset_millis: Arc<AtomicI64>,
}

impl MockClock {
    /// A clock that starts at this moment and runs on.
    #[must_use]
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.set(start);
        clock
    }

    /// What the backend holds to be now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let offset = TimeDelta::milliseconds(self.offset_millis.load(Ordering::SeqCst));
        let now = Utc::now();
        now.checked_add_signed(offset)
            .filter(|moved| Self::takes(*moved))
            .unwrap_or(now)
    }

    /// Whether the clock can be set to this moment: within the years 1970 to 2199. HTTP has no date
    /// before them, and what is reckoned from a date far behind them has none at all.
    pub(crate) fn takes(moment: DateTime<Utc>) -> bool {
        (1970..2200).contains(&moment.year())
    }

    /// Today by the clock in England.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now()
            .with_timezone(&chrono_tz::Europe::London)
            .date_naive()
    }

    /// Moves the clock to a moment, from which it runs on.
    pub fn set(&self, to: DateTime<Utc>) {
        let offset = (to - Utc::now()).num_milliseconds();
        self.offset_millis.store(offset, Ordering::SeqCst);
    }

    /// Moves the clock forwards, or backwards with a negative span.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_millis
            .fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// Back to real time.
    pub fn reset(&self) {
        self.offset_millis.store(0, Ordering::SeqCst);
    }
}
