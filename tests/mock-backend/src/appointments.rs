//! Booking and cancelling as a practice's system decides them (backend contract, §2). Called with
//! the store's turn held, so that a slot goes to one person only.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::fhir::Caller;
use crate::outcome::Refusal;
use crate::population::Reason;
use crate::state::{Request, State};
use crate::store::{Found, Wrote};

const COMMENT_MAX: usize = 500;
const DESCRIPTION_MAX: usize = 100;
const CHANNEL: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel";

/// Checks a booking, takes its slots, and gives the appointment as it is to be stored.
pub(crate) fn book(
    state: &State,
    request: &Request,
    caller: &Caller,
    mut appointment: Value,
) -> Result<Value, Refusal> {
    let practice = state.store.practice_of(caller.patient);
    if !practice.booking_enabled || state.faults.strikes(&request.route, &Fault::BookingOff) {
        return Err(Refusal::denied(
            "Your practice does not take bookings online",
        ));
    }
    if appointment["status"] != "booked" {
        return Err(Refusal::invalid_resource("The status must be booked"));
    }
    check_words(&appointment, practice.reason, practice.reason_max_length)?;
    check_participants(state, caller, &appointment)?;
    let slots = slots_of(state, caller, &appointment, practice.id)?;
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else {
        return Err(Refusal::invalid_resource("A slot is needed"));
    };
    let now = state.clock.now();
    let (start, end) = (instant(&appointment["start"]), instant(&appointment["end"]));
    if start.is_none() || start != instant(&first["start"]) || end != instant(&last["end"]) {
        return Err(Refusal::invalid_resource(
            "Start and end must be those of the slot",
        ));
    }
    let start = start.unwrap_or(now);
    if start <= now {
        return Err(Refusal::invalid_resource("This time is in the past"));
    }
    let london = |at: DateTime<Utc>| at.with_timezone(&chrono_tz::Europe::London).date_naive();
    if !practice.same_day_booking && london(start) == london(now) {
        return Err(Refusal::invalid_resource(
            "Your practice takes no bookings for the same day",
        ));
    }
    if is_by_telephone(first) && !has_number(state, caller, &appointment) {
        return Err(Refusal::invalid_resource("A telephone number is needed"));
    }
    if state.faults.strikes(&request.route, &Fault::SlotTaken) {
        for slot in &slots {
            set_status(state, caller, slot, "busy");
        }
        return Err(taken());
    }
    if slots.iter().any(|slot| slot["status"] != "free") {
        return Err(taken());
    }
    let upcoming = state
        .store
        .all(caller.patient, "Appointment", caller.today)
        .iter()
        .filter(|other| other["status"] == "booked")
        .filter(|other| instant(&other["start"]).is_some_and(|start| start > now))
        .count();
    if upcoming >= usize::try_from(practice.booking_limit).unwrap_or(usize::MAX) {
        return Err(Refusal::invalid_resource(
            "You have as many appointments as your practice allows",
        ));
    }
    appointment["minutesDuration"] = json!(end.map_or(0, |end| (end - start).num_minutes()));
    for name in ["serviceType", "serviceCategory", "specialty"] {
        if let Some(value) = first.get(name) {
            appointment[name] = value.clone();
        }
    }
    add_participants(state, caller, &mut appointment, first);
    for slot in &slots {
        set_status(state, caller, slot, "busy");
    }
    Ok(appointment)
}

/// Adds whom and where the slot's schedule names: the practice knows it, the client need not.
fn add_participants(state: &State, caller: &Caller, appointment: &mut Value, slot: &Value) {
    let schedule = slot["schedule"]["reference"]
        .as_str()
        .map(last_part)
        .unwrap_or_default();
    let Found::Resource(schedule) =
        state
            .store
            .find(caller.patient, "Schedule", schedule, caller.today)
    else {
        return;
    };
    let Some(participants) = appointment["participant"].as_array_mut() else {
        return;
    };
    for actor in schedule["actor"].as_array().into_iter().flatten() {
        let Some(reference) = actor["reference"].as_str() else {
            continue;
        };
        let is_wanted =
            reference.starts_with("Practitioner/") || reference.starts_with("Location/");
        let is_there = participants.iter().any(|have| {
            have["actor"]["reference"]
                .as_str()
                .is_some_and(|have| have.ends_with(reference))
        });
        if is_wanted && !is_there {
            participants.push(json!({ "actor": actor, "status": "accepted" }));
        }
    }
}

fn taken() -> Refusal {
    Refusal::new(
        409,
        "duplicate",
        "DUPLICATE_REJECTED",
        "This time was just taken by somebody else",
    )
}

/// Checks a change of an appointment: the only one is a cancellation. Frees the slots.
pub(crate) fn change(
    state: &State,
    request: &Request,
    caller: &Caller,
    before: &Value,
    after: &Value,
) -> Result<(), Refusal> {
    let practice = state.store.practice_of(caller.patient);
    let bad_state =
        |text: &str| Refusal::new(422, "business-rule", "INVALID_STATE_TRANSITION", text);
    if rest(before) != rest(after) {
        return Err(Refusal::invalid_resource(
            "Only a cancellation can change an appointment",
        ));
    }
    if before["status"] == after["status"] && before["status"] != "cancelled" {
        return Ok(());
    }
    if after["status"] != "cancelled" {
        return Err(bad_state("An appointment can only be cancelled"));
    }
    if !matches!(
        before["status"].as_str(),
        Some("booked" | "pending" | "proposed" | "waitlist")
    ) {
        return Err(bad_state("This appointment cannot be cancelled any more"));
    }
    if !practice.cancellation_enabled
        || state.faults.strikes(&request.route, &Fault::BookingOff)
        || state
            .faults
            .strikes(&request.route, &Fault::CancellationOff)
    {
        return Err(Refusal::denied(
            "Your practice does not take cancellations online",
        ));
    }
    let now = state.clock.now();
    if let Some(start) = instant(&before["start"]) {
        if start <= now {
            return Err(bad_state("This appointment is in the past"));
        }
        let cut_off = TimeDelta::minutes(i64::from(practice.cancellation_cut_off_minutes));
        if start - now < cut_off {
            return Err(Refusal::of_status(461));
        }
    }
    for reference in references(&before["slot"]) {
        if let Found::Resource(slot) =
            state
                .store
                .find(caller.patient, "Slot", last_part(reference), caller.today)
        {
            set_status(state, caller, &slot, "free");
        }
    }
    Ok(())
}

/// An appointment without what a cancellation changes.
fn rest(appointment: &Value) -> Value {
    let mut rest = appointment.clone();
    if let Some(elements) = rest.as_object_mut() {
        for name in ["meta", "text", "status", "cancelationReason", "comment"] {
            elements.remove(name);
        }
    }
    rest
}

fn check_words(appointment: &Value, rule: Reason, longest: u32) -> Result<(), Refusal> {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.trim().chars().count());
    if length(&appointment["comment"]) > COMMENT_MAX
        || length(&appointment["description"]) > DESCRIPTION_MAX
    {
        return Err(Refusal::invalid_resource("The text is too long"));
    }
    let reasons = appointment["reasonCode"].as_array();
    let reason = reasons
        .into_iter()
        .flatten()
        .map(|reason| length(&reason["text"]))
        .max()
        .unwrap_or(0);
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    match rule {
        Reason::Mandatory if reason == 0 => {
            Err(Refusal::invalid_resource("Your practice needs a reason"))
        }
        Reason::Mandatory | Reason::Optional if reason > longest => {
            Err(Refusal::invalid_resource("The reason is too long"))
        }
        _ => Ok(()),
    }
}

fn check_participants(state: &State, caller: &Caller, appointment: &Value) -> Result<(), Refusal> {
    let own = format!("Patient/{}", caller.patient_id);
    let mut is_own = false;
    for participant in appointment["participant"].as_array().into_iter().flatten() {
        let Some(reference) = participant["actor"]["reference"].as_str() else {
            continue;
        };
        is_own |= reference.ends_with(&own);
        let mut parts = reference.rsplit('/');
        let (id, kind) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let is_known = reference.starts_with('#')
            || matches!(
                state.store.find(caller.patient, kind, id, caller.today),
                Found::Resource(_)
            );
        if !is_known {
            return Err(Refusal::reference("A participant is not known"));
        }
    }
    if is_own {
        Ok(())
    } else {
        Err(Refusal::invalid_resource("The patient must take part"))
    }
}

/// The slots, all of the patient's own practice.
fn slots_of(
    state: &State,
    caller: &Caller,
    appointment: &Value,
    practice: &str,
) -> Result<Vec<Arc<Value>>, Refusal> {
    let gone = || Refusal::reference("This time is no longer offered");
    references(&appointment["slot"])
        .map(|reference| {
            let slot =
                match state
                    .store
                    .find(caller.patient, "Slot", last_part(reference), caller.today)
                {
                    Found::Resource(slot) => slot,
                    Found::Deleted | Found::Absent => return Err(gone()),
                };
            let schedule = slot["schedule"]["reference"].as_str().map(last_part);
            let is_own = schedule.is_some_and(|id| {
                id.strip_prefix(practice)
                    .is_some_and(|rest| rest.starts_with('-'))
            });
            if is_own { Ok(slot) } else { Err(gone()) }
        })
        .collect()
}

fn references(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["reference"].as_str())
}

fn last_part(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc())
}

fn is_by_telephone(slot: &Value) -> bool {
    slot["extension"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|extension| {
            extension["url"] == CHANNEL
                && extension.to_string().to_lowercase().contains("telephone")
        })
}

/// Whether a telephone number came with the booking or is in the patient's own details.
fn has_number(state: &State, caller: &Caller, appointment: &Value) -> bool {
    let is_phone = |contact: &Value| {
        matches!(contact["system"].as_str(), Some("phone" | "sms"))
            && contact["value"]
                .as_str()
                .is_some_and(|value| !value.trim().is_empty())
    };
    let has = |holder: &Value| {
        holder["telecom"]
            .as_array()
            .is_some_and(|contacts| contacts.iter().any(is_phone))
    };
    let contained = appointment["contained"].as_array();
    let is_within = contained.is_some_and(|contained| contained.iter().any(has));
    is_within
        || state
            .store
            .patient(caller.patient, caller.today)
            .is_some_and(|patient| has(&patient))
}

fn set_status(state: &State, caller: &Caller, slot: &Arc<Value>, status: &str) {
    let mut changed = (**slot).clone();
    changed["status"] = json!(status);
    state
        .store
        .update(caller.patient, changed, Some(slot), Wrote::Updated);
}
