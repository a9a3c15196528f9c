//! What was asked of the server, newest last and cut to the last thousand, so that memory stays
//! flat. It keeps no bodies and no tokens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::state::lock;

const KEPT: usize = 1000;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// When it came, by the backend's clock.
    pub at: DateTime<Utc>,
    /// HTTP method.
    pub method: String,
    /// Path from the root, without the query.
    pub path: String,
    /// Query as it came; empty if none.
    pub query: String,
    /// Status of the answer; none if the connection was cut off.
    pub status: Option<u16>,
    /// `X-Request-ID` as it came.
    pub request_id: Option<String>,
    /// `If-None-Exist` or `If-Match` as it came.
    pub condition: Option<String>,
    /// Which fault took part.
    pub fault: Option<String>,
}

/// A handle on the log.
#[derive(Debug, Clone, Default)]
pub struct RequestLog {
    entries: Arc<Mutex<VecDeque<LogEntry>>>,
}

impl RequestLog {
    /// Everything kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<LogEntry> {
        lock(&self.entries).iter().cloned().collect()
    }

    /// How many requests with this method there were for this path (as in a fault rule).
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        lock(&self.entries)
            .iter()
            .filter(|entry| {
                entry.method == method
                    && (entry.path == path
                        || entry
                            .path
                            .strip_prefix("/fhir")
                            .is_some_and(|rest| rest == path))
            })
            .count()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        lock(&self.entries).clear();
    }

    pub(crate) fn add(&self, entry: LogEntry) {
        let mut entries = lock(&self.entries);
        if entries.len() >= KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }
}
