//! The records that were asked for last. A page of a search must not compute a record anew, and
//! 239,000 of them must not stay in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;

const KEPT: usize = 6;

type Record = Arc<Vec<Arc<Value>>>;

#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<(u32, NaiveDate, Record)>);

impl Recent {
    pub(super) fn get(&mut self, patient: u32, today: NaiveDate) -> Option<Record> {
        let at = self
            .0
            .iter()
            .position(|have| have.0 == patient && have.1 == today)?;
        let found = self.0.remove(at)?;
        let record = Arc::clone(&found.2);
        self.0.push_back(found);
        Some(record)
    }

    pub(super) fn put(&mut self, patient: u32, today: NaiveDate, record: &Record) {
        self.0.retain(|have| have.0 != patient);
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back((patient, today, Arc::clone(record)));
    }
}
