//! Appointments and free times as views, and a booking as it is sent. The one place where the
//! slice's FHIR is read and written.

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::appointments::{AppointmentStatus, AppointmentView, Channel, Gender, SlotView};
use hale_contracts::provenance::{ProvenanceView, SourceView};
use hale_fhir::lenient::{count, list, text};
use hale_fhir::{Resolver, concept, extension, people, reference};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::london;
use crate::ports::StoredResource;
use crate::sync::news;

/// The system of the ids that Hale makes (backend contract, §0).
const ID_SYSTEM: &str = "https://tools.ietf.org/html/rfc4122";

/// The appointment types whose code is all that they have, and says nothing to a patient.
const BARE_TYPES: [&str; 5] = ["ROUTINE", "WALKIN", "CHECKUP", "FOLLOWUP", "EMERGENCY"];

/// Finds a resource by its plain reference, `Type/id`.
type Find<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// A free time that cannot be offered: it has no id, no start, no end, or ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the slot has no id or no usable time")]
pub struct SlotUnreadable;

/// An appointment as shown. Its id is the server's own.
#[must_use]
pub fn appointment(
    resource: &StoredResource,
    find: Find<'_>,
    source: &SourceView,
) -> AppointmentView {
    let json: Value = serde_json::from_str(&resource.json).unwrap_or_default();
    let mut view = read(&resource.key.id, &json, find, source);
    view.provenance.last_checked = Some(london::from_utc(resource.checked_at));
    view.change = news::view(resource);
    view
}

/// An appointment that the source does not give any more, as it was.
pub(crate) fn as_it_was(id: &str, json: &Value, source: &SourceView) -> AppointmentView {
    AppointmentView {
        status: AppointmentStatus::NoLongerListed,
        ..read(id, json, &|_| None, source)
    }
}

/// What is shown of an appointment, as a number; see [`crate::sync::news`].
#[must_use]
pub fn shown(json: &Value) -> i64 {
    let nobody = SourceView {
        id: String::new(),
        name: String::new(),
    };
    news::of_view(&read("", json, &|_| None, &nobody))
}

fn read(id: &str, json: &Value, find: Find<'_>, source: &SourceView) -> AppointmentView {
    let start = moment(&json["start"]);
    let minutes = count(&json["minutesDuration"])
        .filter(|minutes| *minutes > 0)
        .or_else(|| minutes(start?, moment(&json["end"])?));
    let people: Vec<&Value> = list(&json["participant"])
        .map(|participant| &participant["actor"])
        .collect();
    let who = actors(&people, json, find);
    AppointmentView {
        id: id.to_owned(),
        status: status(&json["status"]),
        start: start.map(london::from_utc),
        minutes,
        service: words(&json["serviceType"])
            .or_else(|| words(&json["appointmentType"]))
            .or_else(|| words(&json["specialty"]))
            .or_else(|| words(&json["serviceCategory"]))
            .or_else(|| who.service.clone()),
        channel: channel(json),
        clinician: who.clinician,
        role: who.role,
        location: who.location,
        address: who.address,
        reason: own_reason(json),
        description: described(json),
        instructions: text(&json["patientInstruction"]),
        cancellation_reason: words(&json["cancelationReason"]),
        reference: Some(id.to_owned()).filter(|id| !id.is_empty()),
        pending: None,
        is_read_only: false,
        change: None,
        provenance: ProvenanceView {
            source: source.clone(),
            organisation: booking_organisation(json, find).or(who.organisation),
            author: None,
            recorded: text(&json["created"]).as_deref().map(london::partial_date),
            last_checked: None,
        },
    }
}

/// Whether this is an appointment that its source has withdrawn as a mistake. It is not kept:
/// nobody must travel to it. What was held of it leaves a note.
#[must_use]
pub fn is_withdrawn(resource: &Value) -> bool {
    resource["resourceType"] == "Appointment" && resource["status"] == "entered-in-error"
}

/// What is left of an appointment that its source does not list any more: when it would have been.
#[must_use]
pub fn no_longer_listed(resource: &StoredResource, source: &SourceView) -> AppointmentView {
    let start = resource
        .sort_date
        // What was not written as a moment is none: a midnight is no time to come.
        .filter(|moment| *moment != london::day_bounds(london::local_date(*moment)).0);
    AppointmentView {
        id: resource.key.id.clone(),
        status: AppointmentStatus::NoLongerListed,
        start: start.map(london::from_utc),
        minutes: None,
        service: None,
        channel: None,
        clinician: None,
        role: None,
        location: None,
        address: None,
        reason: None,
        description: None,
        instructions: None,
        cancellation_reason: None,
        reference: Some(resource.key.id.clone()).filter(|id| !id.is_empty()),
        pending: None,
        is_read_only: false,
        change: news::view(resource),
        provenance: ProvenanceView {
            source: source.clone(),
            organisation: None,
            author: None,
            recorded: None,
            last_checked: Some(london::from_utc(resource.checked_at)),
        },
    }
}

/// Whether an appointment is still ahead, or going on. One that has no time is ahead as long as
/// nothing says that it is over.
#[must_use]
pub fn is_upcoming(appointment: &AppointmentView, now: DateTime<Utc>) -> bool {
    match appointment.status {
        AppointmentStatus::Cancelled | AppointmentStatus::Fulfilled | AppointmentStatus::NoShow => {
            return false;
        }
        AppointmentStatus::Proposed
        | AppointmentStatus::Pending
        | AppointmentStatus::Booked
        | AppointmentStatus::Arrived
        | AppointmentStatus::CheckedIn
        | AppointmentStatus::Waitlist
        | AppointmentStatus::Unknown => {}
        // Without a time nobody can tell whether it was ever ahead.
        AppointmentStatus::NoLongerListed if appointment.start.is_none() => return false,
        AppointmentStatus::NoLongerListed => {}
    }
    appointment.start.is_none_or(|start| {
        let length = TimeDelta::minutes(i64::from(appointment.minutes.unwrap_or(0)));
        start
            .utc
            .checked_add_signed(length)
            .is_none_or(|end| end > now)
            || start.utc >= now
    })
}

/// A free time.
///
/// # Errors
/// If it has no id, start or end, or ends before it begins.
pub fn slot(slot: &Value, find: Find<'_>) -> Result<SlotView, SlotUnreadable> {
    let id = text(&slot["id"]).ok_or(SlotUnreadable)?;
    let start = moment(&slot["start"]).ok_or(SlotUnreadable)?;
    let end = moment(&slot["end"]).ok_or(SlotUnreadable)?;
    let schedule = Resolver::new(slot, find)
        .resource(&slot["schedule"])
        .unwrap_or_default();
    let people: Vec<&Value> = list(&schedule["actor"]).collect();
    let who = actors(&people, &schedule, find);
    Ok(SlotView {
        id,
        start: london::from_utc(start),
        minutes: minutes(start, end).ok_or(SlotUnreadable)?,
        service: words(&slot["serviceType"])
            .or_else(|| words(&slot["appointmentType"]))
            .or_else(|| words(&schedule["serviceType"]))
            .or_else(|| words(&schedule["serviceCategory"]))
            .or_else(|| words(&slot["serviceCategory"]))
            .or_else(|| who.service.clone()),
        channel: channel(slot).or_else(|| channel(&schedule)),
        clinician: who.clinician,
        role: who.role,
        gender: who.gender,
        location: who.location,
    })
}

/// The time that a booking asked for, as far as the Appointment that was sent says it.
#[must_use]
pub fn slot_asked_for(appointment: &Value) -> Option<SlotView> {
    let id = list(&appointment["slot"]).find_map(reference::of)?;
    let asked = json!({
        "id": id.strip_prefix("Slot/")?,
        "start": appointment["start"],
        "end": appointment["end"],
    });
    slot(&asked, &|_| None).ok()
}

/// What a booking is made of.
#[derive(Debug)]
pub struct NewAppointment<'a> {
    /// The id made once, when the patient confirmed.
    pub booking_id: Uuid,
    /// The Slot as the server wrote it.
    pub slot: &'a Value,
    /// The patient's id on the server.
    pub patient_id: &'a str,
    /// The place, as a reference: `Location/1`.
    pub location: Option<&'a str>,
    /// The reason that the patient gave.
    pub reason: Option<&'a str>,
    /// The number to call for a telephone appointment.
    pub phone: Option<&'a str>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// The Appointment to send (backend contract, §2). Start and end are the slot's own, to the letter.
#[must_use]
pub fn new_appointment(new: &NewAppointment<'_>) -> Value {
    let slot_id = text(&new.slot["id"]).unwrap_or_default();
    let accepted =
        |reference: String| json!({"actor": {"reference": reference}, "status": "accepted"});
    let mut participants = vec![accepted(format!("Patient/{}", new.patient_id))];
    participants.extend(new.location.map(|location| accepted(location.to_owned())));
    let mut appointment = json!({
        "resourceType": "Appointment",
        "meta": {"profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Appointment"]},
        "identifier": [{"system": ID_SYSTEM, "value": new.booking_id.to_string()}],
        "status": "booked",
        "start": new.slot["start"],
        "end": new.slot["end"],
        "slot": [{"reference": format!("Slot/{slot_id}")}],
        "created": new.now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "participant": participants,
    });
    if let Some(reason) = new.reason {
        appointment["reasonCode"] = json!([{"text": reason}]);
    }
    if let Some(phone) = new.phone {
        // R4's Appointment has no place for a number. GP Connect puts it into the patient, so it
        // travels as a contained one, where no server mistakes it for a change of the record.
        appointment["contained"] = json!([{
            "resourceType": "Patient",
            "id": "contact",
            "telecom": [{"system": "phone", "value": phone}],
        }]);
        appointment["supportingInformation"] = json!([{"reference": "#contact"}]);
    }
    appointment
}

/// Who and where.
#[derive(Debug, Default)]
struct Actors {
    clinician: Option<String>,
    role: Option<String>,
    gender: Option<Gender>,
    location: Option<String>,
    address: Option<String>,
    service: Option<String>,
    organisation: Option<String>,
}

/// Reads the people and places of `root`. The first of each kind counts.
fn actors(elements: &[&Value], root: &Value, find: Find<'_>) -> Actors {
    let resolver = Resolver::new(root, find);
    let mut who = Actors::default();
    for element in elements {
        let found = resolver.resource(element).unwrap_or_default();
        let kind = text(&found["resourceType"])
            .or_else(|| reference::target_type(element))
            .unwrap_or_default();
        let name = || {
            resolver
                .name(element)
                .or_else(|| people::resource_name(&found))
        };
        match kind.as_str() {
            "Practitioner" => {
                who.gender = who.gender.or_else(|| gender(&found["gender"]));
                who.clinician = who.clinician.or_else(name);
            }
            "PractitionerRole" => {
                who.role = who.role.or_else(|| words(&found["code"]));
                let person = resolver
                    .resource(&found["practitioner"])
                    .unwrap_or_default();
                who.gender = who.gender.or_else(|| gender(&person["gender"]));
                who.clinician = who
                    .clinician
                    .or_else(|| resolver.inner_name(&found["practitioner"]))
                    .or_else(|| text(&element["display"]));
                who.organisation = who
                    .organisation
                    .or_else(|| resolver.inner_name(&found["organization"]));
            }
            "Location" => {
                who.location = who.location.or_else(name);
                who.address = who
                    .address
                    .or_else(|| people::address_line(&found["address"]));
            }
            "HealthcareService" => who.service = who.service.or_else(name),
            "Organization" => who.organisation = who.organisation.or_else(name),
            _ => {}
        }
    }
    who
}

/// What is written of an appointment beside the patient's own reason, by whomever.
fn described(json: &Value) -> Option<String> {
    let own = own_reason(json);
    let mut said: Vec<String> = Vec::new();
    let beside = ["description", "comment"]
        .into_iter()
        .filter_map(|field| text(&json[field]));
    for words in words(&json["reasonCode"]).into_iter().chain(beside) {
        if !said.contains(&words) && own.as_ref() != Some(&words) {
            said.push(words);
        }
    }
    (!said.is_empty()).then(|| said.join("\n"))
}

/// The reason that the patient typed: it stands without a code in what Hale booked. What is coded,
/// or in an appointment that was made elsewhere, may be anybody's.
fn own_reason(json: &Value) -> Option<String> {
    let is_booked_by_hale = list(&json["identifier"])
        .any(|identifier| text(&identifier["system"]).as_deref() == Some(ID_SYSTEM));
    if !is_booked_by_hale {
        return None;
    }
    list(&json["reasonCode"])
        .filter(|reason| concept::codings(reason).next().is_none())
        .find_map(|reason| text(&reason["text"]))
}

fn gender(code: &Value) -> Option<Gender> {
    match text(code)?.as_str() {
        "female" => Some(Gender::Female),
        "male" => Some(Gender::Male),
        "other" => Some(Gender::Other),
        _ => None,
    }
}

fn booking_organisation(json: &Value, find: Find<'_>) -> Option<String> {
    let booking = extension::by_suffix(json, "Extension-UKCore-BookingOrganization")?;
    Resolver::new(json, find).name(extension::value(booking)?)
}

/// UK Core writes a CodeableConcept, BaRS a code, GP Connect its own extension: all are accepted.
fn channel(resource: &Value) -> Option<Channel> {
    let written = [
        "-DeliveryChannel",
        "-DeliveryChannel-2",
        "-DeliveryChannel-1",
    ]
    .into_iter()
    .find_map(|suffix| extension::by_suffix(resource, suffix))
    .and_then(extension::value)?;
    let coded = concept::codings(written).filter_map(|coding| text(&coding["code"]));
    text(written)
        .into_iter()
        .chain(coded)
        .chain(concept::words(written))
        .find_map(|word| {
            let word: String = word
                .chars()
                .filter(char::is_ascii_alphabetic)
                .collect::<String>()
                .to_ascii_lowercase();
            match word.as_str() {
                "inperson" | "facetoface" => Some(Channel::InPerson),
                "telephone" | "phone" => Some(Channel::Telephone),
                "video" | "videocall" | "videoconference" => Some(Channel::Video),
                _ => None,
            }
        })
}

fn status(code: &Value) -> AppointmentStatus {
    match text(code).as_deref() {
        Some("proposed") => AppointmentStatus::Proposed,
        Some("pending") => AppointmentStatus::Pending,
        Some("booked") => AppointmentStatus::Booked,
        Some("arrived") => AppointmentStatus::Arrived,
        Some("checked-in") => AppointmentStatus::CheckedIn,
        Some("fulfilled") => AppointmentStatus::Fulfilled,
        Some("cancelled") => AppointmentStatus::Cancelled,
        Some("noshow") => AppointmentStatus::NoShow,
        Some("waitlist") => AppointmentStatus::Waitlist,
        _ => AppointmentStatus::Unknown,
    }
}

/// The words of the first concept that has any that people read.
fn words(concepts: &Value) -> Option<String> {
    list(concepts)
        .filter_map(concept::words)
        .find(|words| !BARE_TYPES.contains(&words.as_str()))
}

fn moment(written: &Value) -> Option<DateTime<Utc>> {
    use hale_contracts::time::PartialDate;
    match london::partial_date(written.as_str()?) {
        PartialDate::Moment(moment) => Some(moment.utc),
        _ => None,
    }
}

fn minutes(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<u32> {
    u32::try_from((end - start).num_minutes()).ok()
}

#[cfg(test)]
mod tests;
