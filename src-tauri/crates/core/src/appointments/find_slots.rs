//! Finding free times (backend contract, §2).

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Days, Utc};
use hale_contracts::appointments::{Channel, FindSlotsRequest, SlotView, SlotsView};
use hale_contracts::sync::SyncUnit;
use hale_fhir::read_page;
use serde_json::Value;

use super::view;
use crate::app::{FoundSlot, Hale, OpenSession, lock};
use crate::error::Error;
use crate::london;
use crate::ports::{Backends, Clock, Device, Fetch, Remote, Target};
use crate::sync::run::stored;
use crate::sync::units::encode;

/// The longest range that a server answers.
pub(crate) const MOST_DAYS: u32 = 14;
/// More pages than two weeks of one practice fill.
const MOST_PAGES: usize = 200;

/// Free times as read, before any filter.
pub(crate) struct FreeTimes {
    pub(crate) found: Vec<FoundSlot>,
    pub(crate) skipped: u32,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Free times in a range of days (Europe/London), soonest first. Always asks the server: free
    /// times are never kept.
    ///
    /// # Errors
    /// If the range is not of 1 to 14 days, nobody is signed in, or the server gives no answer.
    pub async fn find_slots(&self, request: FindSlotsRequest) -> Result<SlotsView, Error> {
        if request.days == 0 || request.days > MOST_DAYS {
            return Err(Error::InvalidRequest("1 to 14 days"));
        }
        let session = self.session()?;
        let last = request
            .from
            .checked_add_days(Days::new(u64::from(request.days - 1)))
            .ok_or(Error::InvalidRequest("a date out of range"))?;
        let from = london::day_bounds(request.from).0.max(self.clock.now());
        let to = london::day_bounds(last).1;
        let free = if from < to {
            self.free_times(&session, from, to).await?
        } else {
            FreeTimes {
                found: Vec::new(),
                skipped: 0,
            }
        };
        let views: Vec<SlotView> = free.found.iter().map(|found| found.view.clone()).collect();
        remember(&session, free.found);
        Ok(filtered(views, free.skipped, &request, last))
    }

    /// Reads free times of the patient's own practice.
    pub(crate) async fn free_times(
        &self,
        session: &OpenSession<D, B>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<FreeTimes, Error> {
        let services = stored(session, SyncUnit::Person, "HealthcareService").await?;
        let mut search = format!(
            "Slot?status=free&start=ge{}&start=lt{}&_include=Slot:schedule&_include:iterate=Schedule:actor&_count=50",
            encode(&from.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            encode(&to.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        );
        // Only the patient's own practice's times, where its service is known.
        let actors: Vec<String> = services
            .iter()
            .filter_map(|service| service["id"].as_str())
            .map(|id| format!("HealthcareService%2F{}", encode(id)))
            .collect();
        if !actors.is_empty() {
            search.push_str("&schedule.actor=");
            search.push_str(&actors.join(","));
        }
        self.read_slots(session, search).await
    }

    /// Reads slots with what they refer to.
    pub(crate) async fn read_slots(
        &self,
        session: &OpenSession<D, B>,
        search: String,
    ) -> Result<FreeTimes, Error> {
        let remote = session.online()?;
        let mut slots: Vec<Value> = Vec::new();
        let mut known: HashMap<String, Value> = HashMap::new();
        let mut skipped = 0;
        let mut target = Target::Path(search);
        let mut followed = HashSet::new();
        loop {
            let fetch = Fetch {
                target,
                if_none_match: None,
            };
            let fetched = remote
                .fetch(fetch)
                .await
                .inspect_err(|error| session.note_failure(error))?;
            session.note_answer();
            let page = read_page(&fetched.body).map_err(|_| Error::Unreadable)?;
            let is_error = page.entries.is_empty()
                && page
                    .issues
                    .iter()
                    .any(|issue| matches!(issue.severity.as_deref(), Some("error" | "fatal")));
            if is_error {
                return Err(Error::Unreadable);
            }
            skipped += page.skipped.len();
            for entry in page.entries {
                match serde_json::from_str::<Value>(entry.raw.get()) {
                    Ok(resource) if entry.resource_type == "Slot" => slots.push(resource),
                    Ok(resource) => {
                        known.insert(format!("{}/{}", entry.resource_type, entry.id), resource);
                    }
                    Err(_) => skipped += 1,
                }
            }
            match page.next {
                None => break,
                Some(next) if followed.len() < MOST_PAGES && followed.insert(next.clone()) => {
                    target = Target::Next(next);
                }
                Some(_) => return Err(Error::Unreadable),
            }
        }
        let find = |reference: &str| known.get(reference).cloned();
        let mut found = Vec::with_capacity(slots.len());
        let mut ids = HashSet::new();
        for slot in slots {
            if slot["status"]
                .as_str()
                .is_some_and(|status| status != "free")
            {
                continue;
            }
            match view::slot(&slot, &find) {
                Ok(view) if ids.insert(view.id.clone()) => {
                    let location = location(&slot, &known);
                    found.push(FoundSlot {
                        view,
                        slot,
                        location,
                    });
                }
                Ok(_) => {}
                Err(_) => skipped += 1,
            }
        }
        found.sort_by(|a, b| {
            (a.view.start.utc, &a.view.clinician, &a.view.id).cmp(&(
                b.view.start.utc,
                &b.view.clinician,
                &b.view.id,
            ))
        });
        Ok(FreeTimes {
            found,
            skipped: u32::try_from(skipped).unwrap_or(u32::MAX),
        })
    }
}

/// Keeps free times for the booking that may follow.
pub(crate) fn remember<C, O, R>(session: &crate::app::Session<C, O, R>, found: Vec<FoundSlot>) {
    let mut slots = lock(&session.found_slots);
    // Long browsing does not grow without end: what was read last is what may be chosen.
    if slots.len() > 5_000 {
        slots.clear();
    }
    slots.extend(
        found
            .into_iter()
            .map(|found| (found.view.id.clone(), found)),
    );
}

/// The place of a slot: its schedule's Location.
fn location(slot: &Value, known: &HashMap<String, Value>) -> Option<String> {
    let schedule = known.get(slot["schedule"]["reference"].as_str()?)?;
    schedule["actor"]
        .as_array()?
        .iter()
        .filter_map(|actor| actor["reference"].as_str())
        .find(|reference| reference.starts_with("Location/"))
        .map(ToOwned::to_owned)
}

fn filtered(
    all: Vec<SlotView>,
    skipped: u32,
    request: &FindSlotsRequest,
    last: chrono::NaiveDate,
) -> SlotsView {
    let clinicians: BTreeSet<String> = all
        .iter()
        .filter_map(|slot| slot.clinician.clone())
        .collect();
    let services: BTreeSet<String> = all.iter().filter_map(|slot| slot.service.clone()).collect();
    let channels = [Channel::InPerson, Channel::Telephone, Channel::Video]
        .into_iter()
        .filter(|channel| all.iter().any(|slot| slot.channel == Some(*channel)))
        .collect();
    let total_unfiltered = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let slots = all
        .into_iter()
        .filter(|slot| request.channel.is_none() || slot.channel == request.channel)
        .filter(|slot| request.clinician.is_none() || slot.clinician == request.clinician)
        .filter(|slot| request.service.is_none() || slot.service == request.service)
        .collect();
    SlotsView {
        from: request.from,
        to: last,
        slots,
        clinicians: clinicians.into_iter().collect(),
        services: services.into_iter().collect(),
        channels,
        total_unfiltered,
        skipped,
    }
}
