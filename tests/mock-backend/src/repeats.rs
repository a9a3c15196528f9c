//! Repeat prescriptions: who may ask for what, and the practice and the pharmacy as actors whose
//! clock testers move (backend contract, §4).
//!
//! A request that a patient sends goes forward by its age on the backend's clock, looked at whenever
//! that patient asks for something; nothing runs in the background. A tester can take a request over
//! and say what the practice and the pharmacy do with it; from then on the clock does not move it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Days, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fhir::{Caller, target};
use crate::outcome::Refusal;
use crate::population::codes::{ACCESS_LEVEL, NOMINATED_PHARMACY, REPEAT_INFORMATION, SYS_ODS};
use crate::state::{State, lock};
use crate::store::{Found, WrittenResource, Wrote};

/// The longest note to the practice, in characters.
const NOTE_MAX: usize = 200;
/// How long after one order the next one is due.
const NEXT_AFTER: Days = Days::new(49);
const STATUS_HISTORY: &str =
    "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory";
const STATUSES: &str = "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt";
const PARAMETERS: &str =
    "https://fhir.nhs.uk/England/CodeSystem/England-PFSPrescriptionOrderingParameter";
const ORDER_NUMBER: &str = "https://fhir.nhs.uk/Id/prescription-order-number";

/// What the practice does with a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "practice", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PracticeSays {
    /// It takes it up.
    Accepted,
    /// It works on it.
    InProgress,
    /// It waits with it.
    OnHold,
    /// It prescribes.
    Completed,
    /// It does not act on it.
    Rejected {
        /// Why, in the practice's words.
        reason: String,
    },
    /// The prescriber does not authorise it.
    Failed {
        /// Why, in the practice's words.
        reason: String,
    },
}

impl PracticeSays {
    fn status(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::InProgress => "in-progress",
            Self::OnHold => "on-hold",
            Self::Completed => "completed",
            Self::Rejected { .. } => "rejected",
            Self::Failed { .. } => "failed",
        }
    }
}

/// One thing that an actor does by itself.
enum Act {
    Practice(PracticeSays),
    Pharmacy(&'static str),
}

/// What happens to a request by itself, and how many hours after it came.
const COURSE: [(i64, Act); 6] = [
    (1, Act::Practice(PracticeSays::Accepted)),
    (4, Act::Practice(PracticeSays::InProgress)),
    (24, Act::Practice(PracticeSays::Completed)),
    (25, Act::Pharmacy("With Pharmacy")),
    (48, Act::Pharmacy("Ready to Collect")),
    (96, Act::Pharmacy("Collected")),
];

/// A request that the clock moves.
#[derive(Debug)]
struct Moving {
    patient: u32,
    since: DateTime<Utc>,
    /// How much of the course has happened.
    done: usize,
    /// What the course has left it as. Where it is something else, somebody moved it by hand.
    status: &'static str,
}

/// What the actors remember.
#[derive(Debug, Default)]
pub(crate) struct Actors {
    moving: Mutex<HashMap<String, Moving>>,
    is_held: Mutex<bool>,
}

impl Actors {
    pub(crate) fn reset(&self) {
        lock(&self.moving).clear();
        *lock(&self.is_held) = false;
    }
}

/// The practice and the pharmacy, for a tester to speak for.
#[derive(Debug, Clone, Copy)]
pub struct Repeats<'a> {
    pub(crate) state: &'a State,
}

impl Repeats<'_> {
    /// The practice says something about a request. Answers whether there is such a request.
    pub fn say(&self, patient_id: &str, task_id: &str, says: PracticeSays) -> bool {
        self.take_over(patient_id, task_id, |patient, task| {
            practice(self.state, patient, task, &says, self.state.clock.now());
            true
        })
    }

    /// The pharmacy gives the prescription of a request this status, whatever it was before. Answers
    /// whether there is such a prescription.
    pub fn pharmacy(&self, patient_id: &str, task_id: &str, status: &str) -> bool {
        self.take_over(patient_id, task_id, |patient, task| {
            pharmacy(self.state, patient, task, status, self.state.clock.now())
        })
    }

    /// Nothing goes forward by itself any more.
    pub fn hold(&self) {
        *lock(&self.state.actors.is_held) = true;
    }

    /// Everything goes forward by itself again.
    pub fn let_go(&self) {
        *lock(&self.state.actors.is_held) = false;
    }

    pub(crate) fn is_held(&self) -> bool {
        *lock(&self.state.actors.is_held)
    }

    /// Every request of every patient as it stands by now, oldest first.
    pub(crate) fn all(&self) -> Vec<Value> {
        let mut patients: Vec<u32> = lock(&self.state.actors.moving)
            .values()
            .map(|request| request.patient)
            .collect();
        patients.sort_unstable();
        patients.dedup();
        for patient in patients {
            go_on(self.state, patient);
        }
        let mut all: Vec<WrittenResource> = Vec::new();
        for one in self.state.store.written() {
            if one.resource_type != "Task" {
                continue;
            }
            match all.iter_mut().find(|other| other.id == one.id) {
                Some(other) if other.version > one.version => {}
                Some(other) => *other = one,
                None => all.push(one),
            }
        }
        all.into_iter()
            .filter_map(|one| one.resource.filter(is_order))
            .collect()
    }

    fn take_over(
        &self,
        patient_id: &str,
        task_id: &str,
        act: impl FnOnce(u32, &Arc<Value>) -> bool,
    ) -> bool {
        let state = self.state;
        let Some(patient) = state.store.population().index_of(patient_id) else {
            return false;
        };
        // What was due before the tester took it over has happened.
        go_on(state, patient);
        let _turn = state.store.writing();
        let today = state.clock.today();
        let Found::Resource(task) = state.store.find(patient, "Task", task_id, today) else {
            return false;
        };
        let is_done = act(patient, &task);
        if is_done {
            lock(&state.actors.moving).remove(task_id);
        }
        is_done
    }
}

/// Whether a request may be made (backend contract, §4).
pub(crate) fn check(state: &State, caller: &Caller, task: &Value) -> Result<(), Refusal> {
    let focus = task["focus"]["reference"].as_str().unwrap_or_default();
    if target(focus).0 != "MedicationRequest" {
        return Ok(());
    }
    if !state.store.practice_of(caller.patient).ordering_enabled {
        return Err(Refusal::denied("Your practice does not take requests here"));
    }
    if !may_manage(state, caller) {
        return Err(Refusal::denied(
            "You can see your prescriptions here, and not ask for them",
        ));
    }
    let notes = task["note"].as_array().into_iter().flatten();
    if notes
        .filter_map(|note| note["text"].as_str())
        .any(|text| text.chars().count() > NOTE_MAX)
    {
        return Err(Refusal::invalid_value("The note is too long"));
    }
    let id = target(focus).1;
    let Found::Resource(plan) =
        state
            .store
            .find(caller.patient, "MedicationRequest", id, caller.today)
    else {
        return Err(Refusal::reference("There is no such repeat prescription"));
    };
    if plan["intent"] != "plan" {
        return Err(Refusal::reference("There is no such repeat prescription"));
    }
    let courses = plan["courseOfTherapyType"]["coding"].as_array();
    let is_no_repeat = courses.into_iter().flatten().any(|coding| {
        matches!(
            coding["code"].as_str(),
            Some("acute" | "continuous-repeat-dispensing")
        )
    });
    if is_no_repeat {
        return Err(Refusal::invalid_resource(
            "This medicine is not one that is asked for here",
        ));
    }
    let all = state.store.all(caller.patient, "Task", caller.today);
    if all
        .iter()
        .any(|other| is_open(other) && focus_of(other) == Some(target(focus)))
    {
        return Err(Refusal::new(
            409,
            "duplicate",
            "DUPLICATE_REJECTED",
            "This medicine was requested already",
        ));
    }
    Ok(())
}

/// Whether a patient may change a request so: only take it back, and only while nobody has taken it
/// up.
pub(crate) fn check_change(before: &Value, after: &Value) -> Result<(), Refusal> {
    let refused = |text: &str| Refusal::new(400, "business-rule", "INVALID_REQUEST_STATE", text);
    let is_taken_back = before["status"] == "requested" && after["status"] == "cancelled";
    if before["status"] != after["status"] && before["status"] != "requested" {
        return Err(refused("It is too late to cancel this request"));
    }
    if (before["status"] != after["status"] && !is_taken_back) || rest(before) != rest(after) {
        return Err(refused("A request can only be cancelled"));
    }
    Ok(())
}

/// A request without what taking it back changes.
fn rest(task: &Value) -> Value {
    let mut rest = task.clone();
    if let Some(elements) = rest.as_object_mut() {
        for name in ["meta", "text", "status", "statusReason", "lastModified"] {
            elements.remove(name);
        }
    }
    rest
}

/// A request has come: from now on the clock moves it.
pub(crate) fn came(state: &State, caller: &Caller, task: &Value) {
    if let Some(id) = task["id"].as_str().filter(|_| is_order(task)) {
        let moving = Moving {
            patient: caller.patient,
            since: state.clock.now(),
            done: 0,
            status: "requested",
        };
        lock(&state.actors.moving).insert(id.to_owned(), moving);
    }
}

/// Does what the actors would have done to a patient's requests by now.
pub(crate) fn go_on(state: &State, patient: u32) {
    let is_concerned = lock(&state.actors.moving)
        .values()
        .any(|request| request.patient == patient);
    if !is_concerned || *lock(&state.actors.is_held) {
        return;
    }
    let _turn = state.store.writing();
    let now = state.clock.now();
    let mut moving = lock(&state.actors.moving);
    moving.retain(|id, request| {
        if request.patient != patient {
            return true;
        }
        for (hours, act) in COURSE.iter().skip(request.done) {
            let due = request.since + TimeDelta::hours(*hours);
            if due > now {
                return true;
            }
            let Found::Resource(task) = state.store.find(patient, "Task", id, state.clock.today())
            else {
                return false;
            };
            // The patient took it back, or a tester wrote it anew.
            if task["status"] != request.status {
                return false;
            }
            match act {
                Act::Practice(says) => {
                    practice(state, patient, &task, says, due);
                    request.status = says.status();
                }
                Act::Pharmacy(status) => {
                    pharmacy(state, patient, &task, status, due);
                }
            }
            request.done += 1;
        }
        false
    });
}

fn practice(
    state: &State,
    patient: u32,
    before: &Arc<Value>,
    says: &PracticeSays,
    at: DateTime<Utc>,
) {
    let mut task = (**before).clone();
    task["status"] = json!(says.status());
    task["lastModified"] = json!(written(at));
    if let Some(elements) = task.as_object_mut() {
        elements.remove("statusReason");
    }
    match says {
        PracticeSays::Rejected { reason } | PracticeSays::Failed { reason } => {
            task["statusReason"] = json!({ "text": reason });
        }
        PracticeSays::Completed if order_number(&task).is_none() => {
            let number = new_number(task["id"].as_str().unwrap_or_default());
            task["output"] = json!([{
                "type": { "coding": [{ "system": PARAMETERS, "code": "sent-to-eps" }] },
                "valueIdentifier": { "system": ORDER_NUMBER, "value": number },
            }]);
            prescribe(state, patient, &task, &number, at);
        }
        _ => {}
    }
    state
        .store
        .update(patient, task, Some(before), Wrote::Updated);
}

/// The prescriber issues what was asked for, and the authorisation counts it.
fn prescribe(state: &State, patient: u32, task: &Value, number: &str, at: DateTime<Utc>) {
    let Some((_, id)) = focus_of(task) else {
        return;
    };
    let today = state.clock.today();
    let Found::Resource(plan) = state.store.find(patient, "MedicationRequest", id, today) else {
        return;
    };
    let mut order = json!({
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "basedOn": [{ "reference": format!("MedicationRequest/{id}") }],
        "groupIdentifier": { "system": ORDER_NUMBER, "value": number },
        "authoredOn": written(at),
        "extension": [status_entry("Prescriber Approved", at)],
    });
    for name in [
        "medicationCodeableConcept",
        "subject",
        "requester",
        "courseOfTherapyType",
        "dosageInstruction",
    ] {
        if !plan[name].is_null() {
            order[name] = plan[name].clone();
        }
    }
    let quantity = &plan["dispenseRequest"]["quantity"];
    if !quantity.is_null() {
        order["dispenseRequest"]["quantity"] = quantity.clone();
    }
    if let Some(performer) = pharmacy_of(state, patient, task) {
        order["dispenseRequest"]["performer"] = performer;
    }
    state.store.create(patient, order);
    let mut next = (*plan).clone();
    count_one(&mut next);
    let day = at.with_timezone(&chrono_tz::Europe::London).date_naive();
    let due = day + NEXT_AFTER;
    if next["dispenseRequest"].is_object() {
        next["dispenseRequest"]["validityPeriod"]["start"] = json!(due.to_string());
    }
    state
        .store
        .update(patient, next, Some(&plan), Wrote::Updated);
}

fn count_one(plan: &mut Value) {
    let parts = plan["extension"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter(|extension| extension["url"] == REPEAT_INFORMATION)
        .filter_map(|extension| extension["extension"].as_array_mut())
        .flatten();
    for part in parts {
        if part["url"] == "numberOfPrescriptionsIssued"
            && let Some(issued) = part["valueUnsignedInt"].as_u64()
        {
            part["valueUnsignedInt"] = json!(issued + 1);
        }
    }
}

fn pharmacy(state: &State, patient: u32, task: &Value, status: &str, at: DateTime<Utc>) -> bool {
    let Some(number) = order_number(task) else {
        return false;
    };
    let today = state.clock.today();
    let all = state.store.all(patient, "MedicationRequest", today);
    let Some(before) = all
        .iter()
        .find(|order| order["groupIdentifier"]["value"] == number)
    else {
        return false;
    };
    let mut order = (**before).clone();
    if let Some(history) = order["extension"].as_array_mut() {
        history.push(status_entry(status, at));
    }
    if status == "Collected" {
        order["status"] = json!("completed");
    }
    state
        .store
        .update(patient, order, Some(before), Wrote::Updated);
    true
}

fn status_entry(status: &str, at: DateTime<Utc>) -> Value {
    json!({ "url": STATUS_HISTORY, "extension": [
        { "url": "status", "valueCoding": {
            "system": STATUSES, "code": status, "display": status } },
        { "url": "statusDate", "valueDateTime": written(at) },
    ] })
}

/// The pharmacy that the request names, else the one that the patient nominated.
fn pharmacy_of(state: &State, patient: u32, task: &Value) -> Option<Value> {
    let inputs = task["input"].as_array();
    let named = inputs
        .into_iter()
        .flatten()
        .find(|input| input["type"]["coding"][0]["code"] == "preferred-performer");
    if let Some(input) = named {
        let identifier = &input["valueIdentifier"];
        let today = state.clock.today();
        let known = state.store.all(patient, "Organization", today);
        let known = known
            .iter()
            .find(|one| one["identifier"][0]["value"] == identifier["value"]);
        let mut performer = json!({ "identifier": identifier });
        if let Some(known) = known {
            performer["display"] = known["name"].clone();
        }
        return Some(performer);
    }
    let person = state.store.patient(patient, state.clock.today())?;
    let extensions = person["extension"].as_array()?;
    let nominated = extensions
        .iter()
        .find(|extension| extension["url"] == NOMINATED_PHARMACY)?;
    let reference = &nominated["valueReference"];
    (reference["identifier"]["system"] == SYS_ODS).then(|| reference.clone())
}

/// Whether the patient may ask for prescriptions, and not only see them.
fn may_manage(state: &State, caller: &Caller) -> bool {
    let person = state.store.patient(caller.patient, caller.today);
    let extensions = person
        .as_ref()
        .and_then(|person| person["extension"].as_array());
    extensions
        .into_iter()
        .flatten()
        .filter(|extension| extension["url"] == ACCESS_LEVEL)
        .filter_map(|extension| extension["extension"].as_array())
        .flatten()
        .filter(|part| part["url"] == "prescriptions")
        .all(|part| part["valueCode"] == "manage")
}

/// Whether the practice still has to decide on a request.
pub(crate) fn is_open(task: &Value) -> bool {
    matches!(
        task["status"].as_str(),
        Some("requested" | "received" | "accepted" | "in-progress" | "on-hold")
    )
}

fn is_order(task: &Value) -> bool {
    task["resourceType"] == "Task"
        && focus_of(task).is_some_and(|(kind, _)| kind == "MedicationRequest")
}

fn focus_of(task: &Value) -> Option<(&str, &str)> {
    task["focus"]["reference"].as_str().map(target)
}

/// The short id of the prescription that came of a request.
pub(crate) fn order_number(task: &Value) -> Option<&str> {
    task["output"][0]["valueIdentifier"]["value"].as_str()
}

/// A prescription's short id, as the Electronic Prescription Service writes them.
fn new_number(task_id: &str) -> String {
    let mut signs: String = task_id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .map(|sign| sign.to_ascii_uppercase())
        .chain(std::iter::repeat('0'))
        .take(18)
        .collect();
    signs.insert(12, '-');
    signs.insert(6, '-');
    signs
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
