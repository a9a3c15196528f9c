//! Authorisations, requests and prescriptions as views, and a request as it is sent. The one place
//! where the slice's FHIR is read and written.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use hale_contracts::provenance::{ProvenanceView, SourceView};
use hale_contracts::repeats::{
    PharmacyFoundView, PharmacyStatus, PharmacyView, RepeatMedicineView, RepeatRequestView,
    RepeatStepKind, RepeatStepView, RequestStatus,
};
use hale_contracts::time::PartialDate;
use hale_fhir::lenient::{count, list, text};
use hale_fhir::{Resolver, concept, extension, people, quantity, reference};
use serde_json::{Value, json};
use uuid::Uuid;

use super::barcode;
use super::eligibility::{Course, Plan, eligibility};
use super::late::is_late;
use crate::appointments::ID_SYSTEM;
use crate::london;
use crate::sync::news;

/// SNOMED CT "Renewal of prescription": what makes a Task a request for a repeat.
pub(crate) const RENEWAL: &str = "103742009";

/// The organisation codes of the NHS.
const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";

/// Finds a resource by its plain reference, `Type/id`.
type Find<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// Whether a Task asks for a repeat.
pub(crate) fn is_renewal(task: &Value) -> bool {
    concept::has_code(&task["code"], RENEWAL)
}

/// What is shown of a request, as a number; see [`crate::sync::news`].
pub(crate) fn shown(task: &Value) -> i64 {
    news::of_view(&(text(&task["status"]), reason(task), sent_as(task)))
}

/// Whether a MedicationRequest authorises a medicine now.
pub(crate) fn is_plan(json: &Value) -> bool {
    json["intent"] == "plan" && json["status"] == "active"
}

/// Whether a MedicationRequest is a prescription that a pharmacy tells of.
pub(crate) fn is_tracked(json: &Value) -> bool {
    json["intent"] == "order"
        && extension::by_suffix(json, "Extension-DM-PrescriptionStatusHistory").is_some()
}

/// The plain reference to the authorisation that a Task or a prescription is about.
pub(crate) fn plan_of(json: &Value) -> Option<String> {
    reference::of(&json["focus"]).or_else(|| list(&json["basedOn"]).find_map(reference::of))
}

/// The authorisation as a view; `issues` are its prescriptions.
pub(crate) fn medicine(
    id: &str,
    json: &Value,
    issues: &[&Value],
    is_requested: bool,
    (find, source, today): (Find<'_>, &SourceView, NaiveDate),
) -> RepeatMedicineView {
    let resolver = Resolver::new(json, find);
    let last_issued = issues
        .iter()
        .filter_map(|issue| text(&issue["authoredOn"]))
        .max_by_key(|written| london::sort_key(written));
    RepeatMedicineView {
        plan_id: id.to_owned(),
        name: name(json, find).unwrap_or_default(),
        dose: joined(list(&json["dosageInstruction"]).filter_map(|one| text(&one["text"]))),
        quantity: amount(&json["dispenseRequest"]["quantity"]),
        eligibility: eligibility(&plan(json), is_requested, today),
        // On which day is what a patient wants to know.
        last_issued: last_issued.as_deref().map(|written| {
            london::whole_day(written)
                .map_or_else(|| london::partial_date(written), PartialDate::Day)
        }),
        provenance: ProvenanceView {
            source: source.clone(),
            organisation: None,
            author: resolver.name(&json["requester"]),
            recorded: text(&json["authoredOn"])
                .as_deref()
                .map(london::partial_date),
            last_checked: None,
        },
    }
}

/// What the medicine is called, as the source writes it.
pub(crate) fn name(json: &Value, find: Find<'_>) -> Option<String> {
    concept::words(&json["medicationCodeableConcept"])
        .or_else(|| Resolver::new(json, find).name(&json["medicationReference"]))
}

/// What an authorisation says about orders.
fn plan(json: &Value) -> Plan {
    let information = extension::by_suffix(json, "Extension-UKCore-MedicationRepeatInformation");
    let part = |name: &str| information.and_then(|information| extension::part(information, name));
    let day = |value: &Value| text(value).as_deref().and_then(london::whole_day);
    let supply = &json["dispenseRequest"];
    Plan {
        course: course(&json["courseOfTherapyType"]),
        issued: part("numberOfPrescriptionsIssued").and_then(count),
        allowed: count(&supply["numberOfRepeatsAllowed"])
            .or_else(|| part("numberOfRepeatPrescriptionsAllowed").and_then(count)),
        expires: part("authorisationExpiryDate").and_then(day),
        next_from: day(&supply["validityPeriod"]["start"]),
    }
}

fn course(concept: &Value) -> Course {
    let is = |code| concept::has_code(concept, code);
    // The narrower code first: some sources give both.
    if is("continuous-repeat-dispensing") {
        Course::RepeatDispensing
    } else if is("continuous") {
        Course::Continuous
    } else if is("acute") {
        Course::Acute
    } else {
        Course::Unknown
    }
}

/// A request as a view. `prescription` is the one that came of it, where it is known.
pub(crate) fn request(
    id: &str,
    task: &Value,
    prescription: Option<&Value>,
    find: Find<'_>,
    now: DateTime<Utc>,
) -> RepeatRequestView {
    let status = status(&task["status"]);
    let asked = moment(&task["authoredOn"]);
    let mut steps = vec![step(RepeatStepKind::Asked, &task["authoredOn"])];
    if status != RequestStatus::Requested {
        let kind = RepeatStepKind::Practice { status };
        steps.push(step(kind, &task["lastModified"]));
    }
    steps.extend(prescription.into_iter().flat_map(|one| tracked(one, now)));
    let medicine = plan_of(task)
        .and_then(|plain| find(&plain))
        .and_then(|plan| name(&plan, find))
        .or_else(|| text(&task["focus"]["display"]))
        .or_else(|| text(&task["description"]));
    let number = prescription.and_then(group).or_else(|| eps_id(task));
    let today = london::local_date(now);
    let asked_on = asked.map(london::local_date);
    RepeatRequestView {
        id: id.to_owned(),
        medicine,
        asked: asked.map(london::from_utc),
        note: joined(list(&task["note"]).filter_map(|note| text(&note["text"]))),
        status: Some(status),
        reason: reason(task),
        pharmacy: prescription
            .and_then(|one| pharmacy(&one["dispenseRequest"]["performer"]))
            .or_else(|| one_off_pharmacy(task)),
        barcode: barcode::of(number.as_deref(), &steps),
        steps,
        prescription_id: number,
        is_late: status.is_open() && asked_on.is_some_and(|asked| is_late(asked, today)),
        can_cancel: task["status"] == "requested",
        pending: None,
        provenance: None,
    }
}

/// A prescription that nobody asked for here, as a view: only where it is at the pharmacy is known.
pub(crate) fn prescription(
    id: &str,
    json: &Value,
    find: Find<'_>,
    now: DateTime<Utc>,
) -> RepeatRequestView {
    let steps = tracked(json, now);
    RepeatRequestView {
        id: id.to_owned(),
        medicine: name(json, find),
        asked: None,
        note: None,
        status: None,
        reason: None,
        pharmacy: pharmacy(&json["dispenseRequest"]["performer"]),
        barcode: barcode::of(group(json).as_deref(), &steps),
        steps,
        prescription_id: group(json),
        is_late: false,
        can_cancel: false,
        pending: None,
        provenance: None,
    }
}

/// The pharmacy that the patient nominated (UK Core).
pub(crate) fn nominated(patient: &Value) -> Option<PharmacyView> {
    let extension = extension::by_suffix(patient, "Extension-UKCore-NominatedPharmacy")?;
    pharmacy(extension::value(extension)?)
}

fn pharmacy(element: &Value) -> Option<PharmacyView> {
    let name = text(&element["display"]);
    let code = text(&element["identifier"]["value"]);
    (name.is_some() || code.is_some()).then_some(PharmacyView { name, code })
}

/// The pharmacy that an order alone goes to, as it is sent.
pub(crate) fn preferred_performer(code: &str) -> Value {
    json!([{
        "type": {"coding": [{
            "system":
                "https://fhir.nhs.uk/England/CodeSystem/England-PFSPrescriptionOrderingParameter",
            "code": "preferred-performer"}]},
        "valueIdentifier": {"system": ODS, "value": code},
    }])
}

/// A pharmacy that an order can go to; none of what has no code or no name, or is closed for good.
pub(crate) fn pharmacy_found(organisation: &Value) -> Option<PharmacyFoundView> {
    if organisation["active"] == false {
        return None;
    }
    let code = people::identifier(organisation, ODS)?.trim().to_uppercase();
    Some(PharmacyFoundView {
        code: Some(code).filter(|code| super::pharmacies::is_code(code))?,
        name: text(&organisation["name"])?,
        address: people::address_line(&organisation["address"]),
    })
}

fn one_off_pharmacy(task: &Value) -> Option<PharmacyView> {
    let input = list(&task["input"])
        .find(|input| concept::has_code(&input["type"], "preferred-performer"))?;
    let code = text(&input["valueIdentifier"]["value"])?;
    let name = text(&input["valueReference"]["display"]);
    Some(PharmacyView {
        name,
        code: Some(code),
    })
}

/// Which of the prescriptions came of a request; each with its id.
///
/// Services name it differently: by the number of the item, by that of the whole prescription, which
/// may have several items, or by asking about the prescription itself.
pub(crate) fn prescription_of(task: &Value, issues: &[(&str, &Value)]) -> Option<usize> {
    let plan = plan_of(task);
    let number = sent_as(task)?;
    let is_item = |issue: &Value| {
        list(&issue["identifier"]).any(|one| text(&one["value"]).as_ref() == Some(&number))
    };
    let is_focus = |id: &str| plan.as_deref() == Some(&format!("MedicationRequest/{id}"));
    let is_for_plan = |issue: &Value| {
        let based_on = plan_of(issue);
        based_on.is_some() && based_on == plan
    };
    let all = || 0..issues.len();
    let items: Vec<usize> = all().filter(|at| is_item(issues[*at].1)).collect();
    let is_in_group = |at: &usize| group(issues[*at].1).as_ref() == Some(&number);
    let of_group: Vec<usize> = all().filter(is_in_group).collect();
    let best = |among: &[usize]| {
        let focus = among.iter().find(|at| is_focus(issues[**at].0));
        let focus = focus.or_else(|| among.iter().find(|at| is_for_plan(issues[**at].1)));
        focus.copied()
    };
    best(&items)
        .or_else(|| items.first().copied())
        .or_else(|| best(&of_group))
        .or_else(|| match of_group.as_slice() {
            // What is based on something else is another medicine's.
            [only] if plan_of(issues[*only].1).is_none() => Some(*only),
            _ => None,
        })
}

/// What a request was sent to the Electronic Prescription Service as.
fn sent_as(task: &Value) -> Option<String> {
    let output = sent_to_eps(task)?;
    text(&output["valueIdentifier"]["value"]).or_else(|| text(&output["valueString"]))
}

fn sent_to_eps(task: &Value) -> Option<&Value> {
    list(&task["output"]).find(|output| concept::has_code(&output["type"], "sent-to-eps"))
}

/// The number of the electronic prescription that came of a request, where the request itself says
/// it: an item's number is none that a pharmacy asks for.
fn eps_id(task: &Value) -> Option<String> {
    let system = text(&sent_to_eps(task)?["valueIdentifier"]["system"]);
    let is_item = system.is_some_and(|system| system.ends_with("prescription-order-item-number"));
    sent_as(task).filter(|_| !is_item)
}

/// The number of the electronic prescription that an item is part of.
fn group(prescription: &Value) -> Option<String> {
    text(&prescription["groupIdentifier"]["value"])
}

/// The id that Hale made for a request.
pub(crate) fn own_id(task: &Value) -> Option<Uuid> {
    list(&task["identifier"]).find_map(|one| Uuid::parse_str(one["value"].as_str()?).ok())
}

/// Why the practice rejected it, in its own words.
fn reason(task: &Value) -> Option<String> {
    concept::words(&task["statusReason"])
}

/// How it stood at the pharmacy, the earliest first. What is dated ahead is not so yet; what its
/// server wrote later than that is so, whatever this device's clock says.
fn tracked(prescription: &Value, now: DateTime<Utc>) -> Vec<RepeatStepView> {
    let now = moment(&prescription["meta"]["lastUpdated"]).map_or(now, |written| now.max(written));
    let history = extension::all_by_suffix(prescription, "Extension-DM-PrescriptionStatusHistory");
    let mut steps: Vec<(Option<DateTime<Utc>>, RepeatStepView)> = history
        .filter_map(|entry| {
            let coded = extension::part(entry, "status")?;
            let said = concept::code(coded).or_else(|| concept::words(coded))?;
            let status = pharmacy_status(&said);
            let date = extension::part(entry, "statusDate").and_then(text);
            let at = date.as_deref().and_then(london::sort_key);
            let kind = RepeatStepKind::Pharmacy {
                status,
                said: (status == PharmacyStatus::Unknown).then_some(said),
            };
            let at_date = date.as_deref().map(london::partial_date);
            Some((at, RepeatStepView { kind, at: at_date }))
        })
        .filter(|(at, _)| at.is_none_or(|at| at <= now))
        .collect();
    // One without a date is no later than those that have one.
    steps.sort_by_key(|(at, _)| *at);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// The status that a Task has (FHIR R4 task-status).
pub(crate) fn status(code: &Value) -> RequestStatus {
    match text(code).as_deref() {
        Some("requested" | "received" | "ready") => RequestStatus::Requested,
        Some("accepted") => RequestStatus::Accepted,
        Some("in-progress") => RequestStatus::InProgress,
        Some("on-hold") => RequestStatus::OnHold,
        Some("completed") => RequestStatus::Completed,
        Some("rejected") => RequestStatus::Rejected,
        Some("failed") => RequestStatus::Failed,
        Some("cancelled") => RequestStatus::Cancelled,
        _ => RequestStatus::Unknown,
    }
}

/// The status that a code of `task-businessStatus-nppt` stands for.
fn pharmacy_status(code: &str) -> PharmacyStatus {
    match code.trim().to_ascii_lowercase().as_str() {
        "prescriber approved" => PharmacyStatus::PrescriberApproved,
        "prescriber cancelled" => PharmacyStatus::PrescriberCancelled,
        "with pharmacy" => PharmacyStatus::WithPharmacy,
        "with pharmacy but tracking not supported" => {
            PharmacyStatus::WithPharmacyTrackingNotSupported
        }
        "with pharmacy - preparing remainder" => PharmacyStatus::PreparingRemainder,
        "ready to collect" => PharmacyStatus::ReadyToCollect,
        "ready to collect - partial" => PharmacyStatus::ReadyToCollectPartial,
        "ready to dispatch" => PharmacyStatus::ReadyToDispatch,
        "ready to dispatch - partial" => PharmacyStatus::ReadyToDispatchPartial,
        "not dispensed" => PharmacyStatus::NotDispensed,
        "dispatched" => PharmacyStatus::Dispatched,
        "collected" => PharmacyStatus::Collected,
        "tracking temporarily unavailable" => PharmacyStatus::TrackingUnavailable,
        _ => PharmacyStatus::Unknown,
    }
}

fn step(kind: RepeatStepKind, written: &Value) -> RepeatStepView {
    let at: Option<PartialDate> = text(written).as_deref().map(london::partial_date);
    RepeatStepView { kind, at }
}

fn moment(written: &Value) -> Option<DateTime<Utc>> {
    london::sort_key(&text(written)?)
}

fn amount(measured: &Value) -> Option<String> {
    quantity::quantity(measured).map(|quantity| quantity.in_words())
}

fn joined(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A request as it is sent (backend contract, §4). `now` is when the patient asked.
pub(crate) fn task(
    id: Uuid,
    patient_id: &str,
    nhs_number: Option<&str>,
    plan: &str,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Value {
    let patient = format!("Patient/{patient_id}");
    let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut task = json!({
        "resourceType": "Task",
        "identifier": [{"system": ID_SYSTEM, "value": id}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": RENEWAL,
            "display": "Renewal of prescription"}]},
        "focus": {"reference": plan},
        "for": {"reference": patient},
        "requester": {"reference": patient},
        "authoredOn": now,
        "lastModified": now,
    });
    if let Some(number) = nhs_number {
        task["for"]["identifier"] =
            json!({"system": crate::account::view::NHS_NUMBER, "value": number});
    }
    if let Some(note) = note {
        task["note"] = json!([{"text": note}]);
    }
    task
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_status_of_a_task_is_known() {
        use RequestStatus as S;
        // FHIR R4 task-status.
        let cases = [
            ("draft", S::Unknown),
            ("requested", S::Requested),
            ("received", S::Requested),
            ("accepted", S::Accepted),
            ("rejected", S::Rejected),
            ("ready", S::Requested),
            ("cancelled", S::Cancelled),
            ("in-progress", S::InProgress),
            ("on-hold", S::OnHold),
            ("failed", S::Failed),
            ("completed", S::Completed),
            ("entered-in-error", S::Unknown),
            ("something new", S::Unknown),
        ];
        for (code, expected) in cases {
            assert_eq!(status(&json!(code)), expected, "{code}");
        }
        for expected in S::ALL {
            let is_reached = cases.iter().any(|(_, status)| *status == expected);
            assert!(is_reached, "{expected:?} is never reached");
        }
        assert_eq!(status(&json!(7)), S::Unknown);
    }

    #[test]
    fn every_status_of_a_pharmacy_is_known() {
        use PharmacyStatus as S;
        let cases = [
            ("Prescriber Approved", S::PrescriberApproved),
            ("Prescriber Cancelled", S::PrescriberCancelled),
            ("With Pharmacy", S::WithPharmacy),
            (
                "With Pharmacy but Tracking not Supported",
                S::WithPharmacyTrackingNotSupported,
            ),
            ("With Pharmacy - Preparing Remainder", S::PreparingRemainder),
            ("Ready to Collect", S::ReadyToCollect),
            ("Ready to Collect - Partial", S::ReadyToCollectPartial),
            ("Ready to Dispatch", S::ReadyToDispatch),
            ("Ready to Dispatch - Partial", S::ReadyToDispatchPartial),
            ("Not Dispensed", S::NotDispensed),
            ("Dispatched", S::Dispatched),
            ("Collected", S::Collected),
            ("Tracking Temporarily Unavailable", S::TrackingUnavailable),
            ("Something New", S::Unknown),
        ];
        for (code, expected) in cases {
            assert_eq!(pharmacy_status(code), expected, "{code}");
            assert_eq!(
                pharmacy_status(&format!(" {}", code.to_lowercase())),
                expected
            );
        }
        for expected in S::ALL {
            let is_reached = cases.iter().any(|(_, status)| *status == expected);
            assert!(is_reached, "{expected:?} is never reached");
        }
    }

    fn tracked_by(entries: &[(&str, Option<&str>)]) -> Value {
        let history = entries.iter().map(|(status, date)| {
            let mut parts = vec![json!({"url": "status", "valueCoding": {"code": status}})];
            if let Some(date) = date {
                parts.push(json!({"url": "statusDate", "valueDateTime": date}));
            }
            json!({"url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory",
                "extension": parts})
        });
        json!({"intent": "order", "extension": history.collect::<Vec<_>>()})
    }

    #[test]
    fn the_latest_status_counts_in_whatever_order_they_come() {
        use PharmacyStatus as S;
        let now = at("2026-11-23T12:00:00Z");
        type History = &'static [(&'static str, Option<&'static str>)];
        let cases: [(History, Option<PharmacyStatus>); 5] = [
            (
                &[
                    ("Ready to Collect", Some("2026-11-21T09:00:00Z")),
                    ("With Pharmacy", Some("2026-11-20T09:00:00Z")),
                ],
                Some(S::ReadyToCollect),
            ),
            // It went back.
            (
                &[
                    ("Ready to Collect", Some("2026-11-21T09:00:00Z")),
                    ("With Pharmacy", Some("2026-11-22T09:00:00Z")),
                ],
                Some(S::WithPharmacy),
            ),
            // It will be ready tomorrow.
            (
                &[
                    ("With Pharmacy", Some("2026-11-22T09:00:00Z")),
                    ("Ready to Collect", Some("2026-11-24T09:00:00Z")),
                ],
                Some(S::WithPharmacy),
            ),
            (
                &[
                    ("With Pharmacy", Some("2026-11-22T09:00:00Z")),
                    ("Ready to Collect", None),
                ],
                Some(S::WithPharmacy),
            ),
            (&[], None),
        ];
        for (entries, expected) in cases {
            let view = prescription("1", &tracked_by(entries), &|_| None, now);
            let got = view.at_pharmacy().map(|(status, _)| status);
            assert_eq!(got, expected, "{entries:?}");
        }
    }

    #[test]
    fn each_request_finds_its_own_prescription() {
        let order = |group: &str, item: &str, plan: &str| {
            let mut order = json!({"intent": "order", "groupIdentifier": {"value": group},
                "identifier": [{"value": item}]});
            if !plan.is_empty() {
                order["basedOn"] = json!([{"reference": format!("MedicationRequest/{plan}")}]);
            }
            order
        };
        let task = |number: &str, focus: &str| {
            json!({"focus": {"reference": format!("MedicationRequest/{focus}")},
                "output": [{"type": {"coding": [{"code": "sent-to-eps"}]},
                    "valueIdentifier": {"value": number}}]})
        };
        let (first, second) = (order("G", "item-1", "a"), order("G", "item-2", "b"));
        let (third, bare) = (order("H", "item-3", "c"), order("K", "item-4", ""));
        let twice = order("L", "item-2", "e");
        let all = [
            ("1", &first),
            ("2", &second),
            ("3", &third),
            ("4", &bare),
            ("5", &twice),
        ];
        let cases = [
            // By the number of the item, whatever it is based on; of several the one asked about.
            (task("item-2", "elsewhere"), Some(1)),
            (task("item-2", "5"), Some(4)),
            // By that of the prescription, among several items.
            (task("G", "a"), Some(0)),
            (task("G", "b"), Some(1)),
            (task("G", "2"), Some(1)),
            (task("G", "c"), None),
            // The only one of its prescription, unless it is another medicine's.
            (task("K", "a"), Some(3)),
            (task("H", "a"), None),
            (task("H", "c"), Some(2)),
            (task("nothing", "a"), None),
            (json!({"focus": {"reference": "MedicationRequest/a"}}), None),
        ];
        for (task, expected) in cases {
            assert_eq!(prescription_of(&task, &all), expected, "{task}");
        }
    }

    #[test]
    fn a_device_whose_clock_is_behind_sees_what_is_so() {
        let now = at("2026-11-20T12:00:00Z");
        let mut order = tracked_by(&[("Ready to Collect", Some("2026-11-21T09:00:00Z"))]);
        let is_ready = |order: &Value| {
            prescription("1", order, &|_| None, now)
                .at_pharmacy()
                .is_some()
        };
        assert!(!is_ready(&order));
        order["meta"] = json!({"lastUpdated": "2026-11-21T08:59:59Z"});
        assert!(!is_ready(&order), "the pharmacy said when it will be");
        order["meta"] = json!({"lastUpdated": "2026-11-21T09:00:01Z"});
        assert!(is_ready(&order));
    }

    #[test]
    fn hostile_content_reads_as_nothing() {
        let now = at("2026-11-23T12:00:00Z");
        for odd in [
            json!({"status": [], "focus": 7, "note": {}, "output": "x", "authoredOn": {}}),
            json!({"focus": {"reference": "x"}, "output": [{"type": [], "valueIdentifier": 1}]}),
            json!(null),
        ] {
            let view = request("1", &odd, Some(&odd), &|_| None, now);
            assert_eq!(view.status, Some(RequestStatus::Unknown));
            assert!(!view.can_cancel && view.asked.is_none() && !view.is_late);
        }
    }

    #[test]
    fn an_order_is_what_the_contract_asks_for() {
        let id = Uuid::from_u128(7);
        let now = at("2026-11-23T12:00:00Z");
        let plan = "MedicationRequest/plan-1";
        let task = task(id, "p1", Some("9990000018"), plan, Some("Soon"), now);
        insta::assert_json_snapshot!(task);
        assert!(is_renewal(&task));
        assert_eq!(own_id(&task), Some(id));
        let view = request("1", &task, None, &|_| None, now);
        assert_eq!(view.status, Some(RequestStatus::Requested));
        assert_eq!(view.note.as_deref(), Some("Soon"));
    }
}
