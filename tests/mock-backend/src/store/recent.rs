//! The records and lists of slots that were asked for last. A page of a search must not compute a record anew, and
//! 239,000 of them must not stay in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

const KEPT: usize = 6;

type Record = Arc<Vec<Arc<Value>>>;

/// Practice and range.
type Asked = (String, DateTime<Utc>, DateTime<Utc>);

#[derive(Debug, Default)]
pub(super) struct Recent {
    records: VecDeque<(u32, NaiveDate, Record)>,
    slots: VecDeque<(Asked, Record)>,
}

impl Recent {
    pub(super) fn get(&mut self, patient: u32, today: NaiveDate) -> Option<Record> {
        let at = self
            .records
            .iter()
            .position(|have| have.0 == patient && have.1 == today)?;
        let found = self.records.remove(at)?;
        let record = Arc::clone(&found.2);
        self.records.push_back(found);
        Some(record)
    }

    pub(super) fn put(&mut self, patient: u32, today: NaiveDate, record: &Record) {
        self.records.retain(|have| have.0 != patient);
        if self.records.len() >= KEPT {
            self.records.pop_front();
        }
        self.records.push_back((patient, today, Arc::clone(record)));
    }

    pub(super) fn slots(
        &self,
        practice: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Option<Record> {
        let found = self
            .slots
            .iter()
            .find(|(asked, _)| asked.0 == practice && (asked.1, asked.2) == (from, to))?;
        Some(Arc::clone(&found.1))
    }

    pub(super) fn put_slots(
        &mut self,
        practice: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        slots: &Record,
    ) {
        if self.slots.len() >= KEPT {
            self.slots.pop_front();
        }
        let asked = (practice.to_owned(), from, to);
        self.slots.push_back((asked, Arc::clone(slots)));
    }
}
