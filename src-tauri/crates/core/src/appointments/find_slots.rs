//! Finding free times (backend contract, §2).

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Days, Utc};
use hale_contracts::appointments::{Channel, FindSlotsRequest, SlotView, SlotsView};
use hale_fhir::lenient::{list, text};
use hale_fhir::{Page, Resolver, read_page, reference};
use serde_json::Value;

use super::view;
use crate::app::{FoundSlot, Hale, OpenSession, lock};
use crate::error::Error;
use crate::london;
use crate::ports::{Backends, Clock, Device, Fetch, Remote, Target};
use crate::sync::organisation_of;
use crate::sync::run::stored_of_main;
use crate::sync::units::encode;

/// The longest range that a server answers.
pub(crate) const MOST_DAYS: u32 = 14;
/// More pages than two weeks of one practice fill.
const MOST_PAGES: usize = 200;

/// Whose free times are the patient's to book.
pub(crate) enum OwnPractice {
    /// Those of the practice's services with these ids: the server is asked for them.
    Services(Vec<String>),
    /// Those that say that they are of the organisation with this id.
    Organisation(String),
    /// Nobody can tell.
    Unknown,
}

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
        let practice = self.own_practice(session).await?;
        let mut search = format!(
            "Slot?status=free&start=ge{}&start=lt{}&_include=Slot:schedule&_include:iterate=Schedule:actor&_count=200",
            encode(&from.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            encode(&to.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        );
        if let OwnPractice::Services(ids) = &practice {
            let actors: Vec<String> = ids
                .iter()
                .map(|id| format!("HealthcareService%2F{}", encode(id)))
                .collect();
            search.push_str("&schedule.actor=");
            search.push_str(&actors.join(","));
        }
        self.read_slots(session, search, &practice).await
    }

    /// Whose free times are the patient's to book.
    pub(crate) async fn own_practice(
        &self,
        session: &OpenSession<D, B>,
    ) -> Result<OwnPractice, Error> {
        let services = stored_of_main(session, "HealthcareService").await?;
        let ids: Vec<String> = services
            .iter()
            .filter_map(|service| service["id"].as_str())
            .map(ToOwned::to_owned)
            .collect();
        if !ids.is_empty() {
            return Ok(OwnPractice::Services(ids));
        }
        let patients = stored_of_main(session, "Patient").await?;
        Ok(patients
            .first()
            .and_then(organisation_of)
            .map_or(OwnPractice::Unknown, OwnPractice::Organisation))
    }

    /// Reads slots with what they refer to.
    pub(crate) async fn read_slots(
        &self,
        session: &OpenSession<D, B>,
        search: String,
        practice: &OwnPractice,
    ) -> Result<FreeTimes, Error> {
        let remote = session.online()?;
        let mut read = SlotPages::default();
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
            let next = page.next.clone();
            read.add(page);
            match next {
                None => break,
                Some(next) if followed.len() < MOST_PAGES && followed.insert(next.clone()) => {
                    target = Target::Next(next);
                }
                Some(_) => return Err(Error::Unreadable),
            }
        }
        Ok(read.free_times(practice))
    }
}

/// Slots as they were read, page by page, with what they refer to.
#[derive(Default)]
struct SlotPages {
    slots: Vec<Value>,
    /// By plain reference, and by `fullUrl` where that is a `urn:` (FHIR R4 §2.36.4.1).
    known: HashMap<String, Value>,
    skipped: usize,
}

impl SlotPages {
    fn add(&mut self, page: Page) {
        self.skipped += page.skipped.len();
        for entry in page.entries {
            match serde_json::from_str::<Value>(entry.raw.get()) {
                Ok(resource) if entry.resource_type == "Slot" => self.slots.push(resource),
                Ok(resource) => {
                    let urn = entry.full_url.as_deref().and_then(reference::plain);
                    if let Some(urn) = urn.filter(|name| name.starts_with("urn:")) {
                        self.known.insert(urn, resource.clone());
                    }
                    let name = format!("{}/{}", entry.resource_type, entry.id);
                    self.known.insert(name, resource);
                }
                Err(_) => self.skipped += 1,
            }
        }
    }

    /// The times that are free and the patient's to book, soonest first, each once.
    fn free_times(self, practice: &OwnPractice) -> FreeTimes {
        let Self {
            slots,
            known,
            mut skipped,
        } = self;
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
            // The server was asked for no particular practice: a patient must not be led to
            // somebody else's, and what does not say whose it is is not offered.
            match practice {
                OwnPractice::Services(_) => {}
                OwnPractice::Organisation(id) if is_of(&slot, &find, id) => {}
                OwnPractice::Organisation(_) | OwnPractice::Unknown => continue,
            }
            match view::slot(&slot, &find) {
                Ok(view) if ids.insert(view.id.clone()) => {
                    let location = location(&slot, &find);
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
        FreeTimes {
            found,
            skipped: u32::try_from(skipped).unwrap_or(u32::MAX),
        }
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

/// Whether a slot says that it is of this organisation: through what its schedule is for.
fn is_of(slot: &Value, find: &dyn Fn(&str) -> Option<Value>, organisation: &str) -> bool {
    let wanted = format!("Organization/{organisation}");
    let names_it = |element: &Value| reference::of(element).as_deref() == Some(&wanted);
    let Some(schedule) = Resolver::new(slot, find).resource(&slot["schedule"]) else {
        return false;
    };
    let actors = Resolver::new(&schedule, find);
    list(&schedule["actor"]).any(|actor| {
        names_it(actor)
            || actors.resource(actor).is_some_and(|found| {
                ["providedBy", "managingOrganization", "organization"]
                    .iter()
                    .any(|element| names_it(&found[*element]))
            })
    })
}

/// The place of a slot as the server knows it, `Location/1`: its schedule's Location. A `urn:` means
/// nothing outside of the answer that it stood in, so it is never passed on.
fn location(slot: &Value, find: &dyn Fn(&str) -> Option<Value>) -> Option<String> {
    let schedule = Resolver::new(slot, find).resource(&slot["schedule"])?;
    let actors = Resolver::new(&schedule, find);
    list(&schedule["actor"]).find_map(|actor| {
        let plain = reference::of(actor)?;
        if plain.starts_with("Location/") {
            return Some(plain);
        }
        let found = actors
            .resource(actor)
            .filter(|found| plain.starts_with("urn:") && found["resourceType"] == "Location")?;
        text(&found["id"]).map(|id| format!("Location/{id}"))
    })
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

#[cfg(test)]
mod tests {
    use hale_contracts::appointments::Gender;

    use super::*;

    const IN_THE_BUNDLE: &str = r#"{"resourceType": "Bundle", "type": "searchset", "entry": [
        {"fullUrl": "urn:uuid:51070000-0000-4000-8000-000000000001", "resource": {
            "resourceType": "Slot", "id": "s1", "status": "free",
            "schedule": {"reference": "urn:uuid:5C4ED000-0000-4000-8000-000000000002"},
            "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T09:10:00Z"}},
        {"fullUrl": "urn:uuid:5c4ed000-0000-4000-8000-000000000002", "search": {"mode": "include"},
         "resource": {"resourceType": "Schedule", "id": "d1", "actor": [
            {"reference": "urn:uuid:401e0000-0000-4000-8000-000000000003"},
            {"reference": "urn:uuid:10ca0000-0000-4000-8000-000000000005"}]}},
        {"fullUrl": "urn:uuid:401e0000-0000-4000-8000-000000000003", "search": {"mode": "include"},
         "resource": {"resourceType": "PractitionerRole", "id": "r1", "code": [{"text": "GP"}],
            "practitioner": {"reference": "urn:uuid:9e450000-0000-4000-8000-000000000004"}}},
        {"fullUrl": "urn:uuid:9e450000-0000-4000-8000-000000000004", "search": {"mode": "include"},
         "resource": {"resourceType": "Practitioner", "id": "p1", "gender": "female",
            "name": [{"text": "Dr Ada Byrne"}]}},
        {"fullUrl": "urn:uuid:10ca0000-0000-4000-8000-000000000005", "search": {"mode": "include"},
         "resource": {"resourceType": "Location", "id": "l1", "name": "Harbour Surgery"}}
    ]}"#;

    fn read(bundle: &str) -> FreeTimes {
        read_for(bundle, &OwnPractice::Services(vec!["h1".to_owned()]))
    }

    fn read_for(bundle: &str, practice: &OwnPractice) -> FreeTimes {
        let mut pages = SlotPages::default();
        pages.add(read_page(bundle.as_bytes()).unwrap());
        pages.free_times(practice)
    }

    #[test]
    fn where_the_services_are_unknown_only_the_own_organisations_times_are_offered() {
        let of = |element: &str| {
            IN_THE_BUNDLE.replace(
                r#""name": "Harbour Surgery""#,
                &format!(
                    r#""name": "Harbour Surgery", "{element}": {{"reference": "https://a.example/fhir/Organization/o1"}}"#
                ),
            )
        };
        let own = OwnPractice::Organisation("o1".to_owned());
        let other = OwnPractice::Organisation("o2".to_owned());
        for element in ["managingOrganization", "providedBy", "organization"] {
            let bundle = of(element);
            assert_eq!(read_for(&bundle, &own).found.len(), 1, "{element}");
            assert_eq!(read_for(&bundle, &other).found.len(), 0, "{element}");
            assert_eq!(read_for(&bundle, &OwnPractice::Unknown).found.len(), 0);
        }
        let nobodys = read_for(IN_THE_BUNDLE, &own);
        assert_eq!(nobodys.found.len(), 0, "it does not say whose it is");
    }

    #[test]
    fn what_a_slot_refers_to_is_found_by_its_name_within_the_bundle() {
        let free = read(IN_THE_BUNDLE);
        assert_eq!((free.found.len(), free.skipped), (1, 0));
        let slot = &free.found[0];
        assert_eq!(slot.view.clinician.as_deref(), Some("Dr Ada Byrne"));
        assert_eq!(slot.view.role.as_deref(), Some("GP"));
        assert_eq!(slot.view.gender, Some(Gender::Female));
        assert_eq!(slot.view.location.as_deref(), Some("Harbour Surgery"));
        assert_eq!(
            slot.location.as_deref(),
            Some("Location/l1"),
            "a booking names the place as the server knows it, never by the bundle's own name"
        );
    }

    #[test]
    fn a_name_that_the_bundle_does_not_explain_leaves_the_slot_as_it_is() {
        let alone = IN_THE_BUNDLE.replace("urn:uuid:5c4ed000", "urn:uuid:00000000");
        let free = read(&alone);
        assert_eq!(free.found.len(), 1, "the time is free all the same");
        assert_eq!(free.found[0].view.clinician, None);
        assert_eq!(free.found[0].location, None);
    }

    #[test]
    fn an_address_of_the_server_leads_to_the_same() {
        let absolute = IN_THE_BUNDLE
            .replace(
                "urn:uuid:5C4ED000-0000-4000-8000-000000000002",
                "https://a.example/fhir/Schedule/d1",
            )
            .replace(
                r#"{"reference": "urn:uuid:10ca0000-0000-4000-8000-000000000005"}"#,
                r#"{"reference": "https://a.example/fhir/Location/l1/_history/3"}"#,
            );
        let free = read(&absolute);
        assert_eq!(free.found[0].location.as_deref(), Some("Location/l1"));
        assert_eq!(
            free.found[0].view.location.as_deref(),
            Some("Harbour Surgery")
        );
    }
}
