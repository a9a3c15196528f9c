//! What was asked of the server, newest last and cut to the last thousand, so that memory stays
//! flat. It keeps no bodies and no tokens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::state::lock;

const KEPT: usize = 1000;

/// How much is kept of each text of a request: more than the app ever sends.
const LONGEST: usize = 2048;

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

    pub(crate) fn add(&self, mut entry: LogEntry) {
        let texts = [&mut entry.method, &mut entry.path, &mut entry.query];
        let given = [&mut entry.request_id, &mut entry.condition];
        for text in texts.into_iter().chain(given.into_iter().flatten()) {
            text.truncate(text.floor_char_boundary(LONGEST));
            text.shrink_to_fit();
        }
        let mut entries = lock(&self.entries);
        if entries.len() >= KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_stays_as_large_as_it_is_whatever_is_asked() {
        let log = RequestLog::default();
        for _ in 0..10 * KEPT {
            log.add(LogEntry {
                at: DateTime::default(),
                method: "GET".to_owned(),
                path: format!("/fhir/{}", "é".repeat(LONGEST)),
                query: "x".repeat(LONGEST + 1),
                status: None,
                request_id: Some("x".repeat(LONGEST + 1)),
                condition: None,
                fault: None,
            });
        }
        let entries = log.entries();
        assert_eq!(entries.len(), KEPT);
        assert!(entries.iter().all(|entry| {
            entry.path.len() <= LONGEST
                && entry.query.len() <= LONGEST
                && entry
                    .request_id
                    .as_ref()
                    .is_some_and(|id| id.len() <= LONGEST)
        }));
    }
}
