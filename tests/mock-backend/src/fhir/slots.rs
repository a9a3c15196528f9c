//! Which slots a search of slots looks at, with its own limits (backend contract, §2): the
//! patient's own practice, times ahead, fourteen days at most.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Caller;
use super::dates::Comparison;
use super::params::target;
use super::search::{Condition, Resources};
use crate::outcome::Refusal;
use crate::state::State;
use crate::store::Found;

const SLOT_DAYS: i64 = 14;

/// The slots of the patient's practice within the asked range.
pub(super) fn of_practice(
    state: &State,
    caller: &Caller,
    conditions: &[Condition<'_>],
) -> Result<Resources, Refusal> {
    let practice = state.store.practice_of(caller.patient);
    let is_own = |slot: &Arc<Value>| {
        slot["schedule"]["reference"]
            .as_str()
            .is_some_and(|reference| {
                target(reference)
                    .1
                    .strip_prefix(practice.id)
                    .is_some_and(|rest| rest.starts_with('-'))
            })
    };
    let named = |name: &'static str| {
        conditions
            .iter()
            .filter(move |one| one.parameter.name == name)
    };
    if let Some(ids) = named("_id").next() {
        let found = ids.value.split(',').filter_map(|id| {
            match state.store.find(caller.patient, "Slot", id, caller.today) {
                Found::Resource(slot) => Some(slot),
                Found::Deleted | Found::Absent => None,
            }
        });
        return Ok(found.filter(is_own).collect());
    }
    let now = state.clock.now();
    let (from, to) = slot_range(now, named("start").map(|one| one.value))?;
    if !practice.booking_enabled {
        return Ok(Vec::new());
    }
    let begins_later = |slot: &Arc<Value>| {
        slot["start"]
            .as_str()
            .and_then(|start| DateTime::parse_from_rfc3339(start).ok())
            .is_some_and(|start| start > now)
    };
    let mut found = state.store.slots(practice.id, from, to);
    found.retain(|slot| is_own(slot) && begins_later(slot));
    Ok(found)
}

fn slot_range<'a>(
    now: DateTime<Utc>,
    asked: impl Iterator<Item = &'a str>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), Refusal> {
    let (mut from, mut to) = (None, None);
    for value in asked {
        let comparison =
            Comparison::parse(value).ok_or(Refusal::invalid_value("start is not a date"))?;
        match (comparison.lower_bound(), comparison.upper_bound()) {
            (Some(start), _) => from = Some(start),
            (_, Some(end)) => to = Some(end),
            _ => (from, to) = (Some(comparison.range.from), Some(comparison.range.to)),
        }
    }
    let longest = TimeDelta::days(SLOT_DAYS);
    let from = from.unwrap_or_else(|| to.map_or(now, |to| (to - longest).max(now)));
    let to = to.unwrap_or(from + longest);
    // An hour and a second of grace: the clocks change, and `le` includes its own second.
    if to - from > longest + TimeDelta::seconds(3601) {
        return Err(Refusal::new(
            422,
            "business-rule",
            "INVALID_PARAMETER",
            "Ask for 14 days of appointments at most",
        ));
    }
    Ok((from, to))
}
