//! The practice and the pharmacy as actors: what they write and when, and testers who speak for them,
//! through the handle and through the console.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::client::{Client, NOW, send};
use super::repeats::{hours, order, ordered, patient_mock, plans, prescription, task};
use crate::{PracticeSays, RunningMock};

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// Whether two moments are the same but for the time that a test takes.
fn is_about(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    (one - other).abs() < TimeDelta::minutes(2)
}

#[tokio::test]
async fn each_step_has_the_moment_at_which_it_was_due() {
    let start: DateTime<Utc> = NOW.parse().unwrap();
    for (looked_at_after, task_status, changed_after, expected) in [
        (0, "requested", None, vec![]),
        (2, "accepted", Some(1), vec![]),
        (9, "in-progress", Some(4), vec![]),
        (24, "completed", Some(24), vec![("Prescriber Approved", 24)]),
        (
            47,
            "completed",
            Some(24),
            vec![("Prescriber Approved", 24), ("With Pharmacy", 25)],
        ),
        (
            500,
            "completed",
            Some(24),
            vec![
                ("Prescriber Approved", 24),
                ("With Pharmacy", 25),
                ("Ready to Collect", 48),
                ("Collected", 96),
            ],
        ),
    ] {
        let mock = patient_mock().await;
        let client = Client::of(&mock, "full").await;
        let id = ordered(&client).await;
        hours(&mock, looked_at_after);
        let task = task(&client, &id).await;
        let name = format!("after {looked_at_after} hours");
        assert_eq!(task["status"], task_status, "{name}");
        if let Some(after) = changed_after {
            let due = start + TimeDelta::hours(after);
            assert!(is_about(moment(&task["lastModified"]), due), "{name}");
            let updated = moment(&task["meta"]["lastUpdated"]);
            assert!(is_about(updated, mock.clock().now()), "{name}");
        }
        let Some((order, _)) = prescription(&client, &task).await else {
            assert!(expected.is_empty(), "{name}");
            continue;
        };
        let history = order["extension"].as_array().unwrap();
        assert_eq!(history.len(), expected.len(), "{name}");
        for (entry, (status, after)) in history.iter().zip(expected) {
            let coding = json!({"system": "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt",
                "code": status, "display": status});
            assert_eq!(entry["extension"][0]["valueCoding"], coding, "{name}");
            let date = moment(&entry["extension"][1]["valueDateTime"]);
            assert!(is_about(date, start + TimeDelta::hours(after)), "{name}");
        }
    }
}

/// A short id of the Electronic Prescription Service: three groups of six hexadecimal signs.
fn is_short_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let is_sign = |sign: char| sign.is_ascii_digit() || ('A'..='F').contains(&sign);
    let is_group = |group: &&str| group.len() == 6 && group.chars().all(is_sign);
    groups.len() == 3 && groups.iter().all(is_group)
}

fn issued(plan: &Value) -> u64 {
    let parts = plan["extension"][0]["extension"].as_array().unwrap();
    let part = parts
        .iter()
        .find(|part| part["url"] == "numberOfPrescriptionsIssued");
    part.unwrap()["valueUnsignedInt"].as_u64().unwrap()
}

#[tokio::test]
async fn what_is_prescribed_is_what_was_asked_for() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let plan_id = plans(&client).await.remove(0);
    let address = format!("MedicationRequest/{plan_id}");
    let before = client.get(&address).await.json();
    let id = ordered(&client).await;
    hours(&mock, 24);
    let task = task(&client, &id).await;
    let output = &task["output"][0];
    assert_eq!(output["type"]["coding"][0]["code"], "sent-to-eps");
    let number = output["valueIdentifier"]["value"].as_str().unwrap();
    assert!(is_short_id(number), "{number}");
    let (order, _) = prescription(&client, &task).await.unwrap();
    assert_eq!(order["groupIdentifier"], output["valueIdentifier"]);
    assert_eq!(order["basedOn"][0]["reference"], address.as_str());
    assert_eq!(order["status"], "active");
    assert_eq!(order["intent"], "order");
    for path in [
        "/medicationCodeableConcept",
        "/dosageInstruction",
        "/dispenseRequest/quantity",
        "/subject",
    ] {
        assert_eq!(order.pointer(path), before.pointer(path), "{path}");
    }
    let person = client.get("Patient/{}").await.json();
    let mut extensions = person["extension"].as_array().unwrap().iter();
    let nominated = extensions
        .find(|one| one["url"].to_string().contains("NominatedPharmacy"))
        .unwrap();
    let performer = &order["dispenseRequest"]["performer"];
    assert_eq!(*performer, nominated["valueReference"]);
    let after = client.get(&address).await.json();
    assert_eq!(issued(&after), issued(&before) + 1);
    let period = &after["dispenseRequest"]["validityPeriod"];
    assert_eq!(period["start"], "2026-04-21", "49 days after 3 March");
}

#[tokio::test]
async fn a_pharmacy_for_once_is_named_on_the_prescription() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let pharmacies = client.search("Organization?type=264372000").await;
    let plan = plans(&client).await.remove(0);
    let other = pharmacies.last().unwrap();
    let mut order = order(&client, &plan);
    order["input"] = json!([{
        "type": {"coding": [{
            "system": "https://fhir.nhs.uk/England/CodeSystem/England-PFSPrescriptionOrderingParameter",
            "code": "preferred-performer"}]},
        "valueIdentifier": other["identifier"][0],
    }]);
    let answer = client.post("Task", &order, &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    hours(&mock, 24);
    let task = task(&client, answer.json()["id"].as_str().unwrap()).await;
    let (order, _) = prescription(&client, &task).await.unwrap();
    let performer = &order["dispenseRequest"]["performer"];
    assert_eq!(performer["identifier"], other["identifier"][0]);
    assert_eq!(performer["display"], other["name"]);
}

#[tokio::test]
async fn a_plan_that_says_little_is_prescribed_without_inventions() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let plan = json!({"resourceType": "MedicationRequest", "id": "bare", "status": "active",
        "intent": "plan", "subject": {"reference": format!("Patient/{}", client.patient())}});
    mock.store().put(client.patient(), plan);
    let answer = client.post("Task", &order(&client, "bare"), &[]).await;
    hours(&mock, 24);
    let task = task(&client, answer.json()["id"].as_str().unwrap()).await;
    let (order, _) = prescription(&client, &task).await.unwrap();
    assert!(!order.to_string().contains("null"), "{order}");
}

#[tokio::test]
async fn what_was_due_has_happened_before_a_tester_speaks() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    hours(&mock, 30);
    let repeats = mock.repeats();
    assert!(repeats.pharmacy(client.patient(), &id, "Not Dispensed"));
    let task = task(&client, &id).await;
    let (_, statuses) = prescription(&client, &task).await.unwrap();
    assert_eq!(
        statuses,
        ["Prescriber Approved", "With Pharmacy", "Not Dispensed"]
    );
}

#[tokio::test]
async fn a_request_that_nobody_moved_goes_on_with_the_clock() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    let repeats = mock.repeats();
    let says = PracticeSays::OnHold;
    assert!(!repeats.say("p000002", &id, says), "not their request");
    assert!(!repeats.pharmacy(client.patient(), &id, "Collected"));
    hours(&mock, 2);
    assert_eq!(task(&client, &id).await["status"], "accepted");
}

#[tokio::test]
async fn a_request_that_was_written_by_hand_stays_as_it_was_written() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    hours(&mock, 2);
    let mut request = task(&client, &id).await;
    request["status"] = json!("received");
    mock.store().put(client.patient(), request);
    hours(&mock, 100);
    assert_eq!(task(&client, &id).await["status"], "received");
}

#[tokio::test]
async fn a_reason_stays_no_longer_than_what_it_was_for() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    let reason = "You are due a blood test".to_owned();
    let says = PracticeSays::Failed {
        reason: reason.clone(),
    };
    assert!(mock.repeats().say(client.patient(), &id, says));
    let failed = task(&client, &id).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["statusReason"], json!({ "text": reason }));
    let says = PracticeSays::Completed;
    assert!(mock.repeats().say(client.patient(), &id, says));
    assert!(task(&client, &id).await["statusReason"].is_null());
}

#[tokio::test]
async fn what_was_held_catches_up_when_it_is_let_go() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    mock.repeats().hold();
    let id = ordered(&client).await;
    hours(&mock, 60);
    assert_eq!(task(&client, &id).await["status"], "requested");
    mock.repeats().let_go();
    let task = task(&client, &id).await;
    assert_eq!(task["status"], "completed");
    let (_, statuses) = prescription(&client, &task).await.unwrap();
    assert_eq!(
        statuses,
        ["Prescriber Approved", "With Pharmacy", "Ready to Collect"]
    );
}

#[tokio::test]
async fn starting_over_forgets_requests_and_holds() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    mock.repeats().hold();
    ordered(&client).await;
    let answer = console(&mock, "api/reset", String::new()).await;
    assert_eq!(answer.0, 200);
    mock.clock().set(NOW.parse().unwrap());
    assert!(client.search("Task?patient={}").await.is_empty());
    let id = ordered(&client).await;
    hours(&mock, 2);
    assert_eq!(task(&client, &id).await["status"], "accepted");
    mock.store().reset();
    hours(&mock, 100);
    assert!(client.search("Task?patient={}").await.is_empty());
}

/// What the console answers to a form or a program.
async fn console(mock: &RunningMock, path: &str, body: String) -> (u16, String) {
    let answer = send(mock, "POST", &format!("/console/{path}"), &[], body)
        .await
        .unwrap();
    (answer.status, String::from_utf8(answer.bytes).unwrap())
}

#[tokio::test]
async fn programs_speak_for_the_practice_and_the_pharmacy() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    let patient = client.patient();
    for (what, status, expected) in [
        (json!({"hold": true}), 200, "requested"),
        (json!({"hold": "yes"}), 422, "requested"),
        (json!({"practice": "abducted"}), 422, "requested"),
        (json!({"practice": "rejected"}), 422, "requested"),
        (json!({}), 422, "requested"),
        (json!({"pharmacy": "With Pharmacy"}), 404, "requested"),
        (
            json!({"practice": "accepted", "task": "nowhere"}),
            404,
            "requested",
        ),
        (
            json!({"practice": "accepted", "patient": "p000002"}),
            404,
            "requested",
        ),
        (json!({"practice": "accepted"}), 200, "accepted"),
        (json!({"practice": "in-progress"}), 200, "in-progress"),
        (json!({"practice": "on-hold"}), 200, "on-hold"),
        (
            json!({"practice": "rejected", "reason": "See us"}),
            200,
            "rejected",
        ),
        (
            json!({"practice": "failed", "reason": "See us"}),
            200,
            "failed",
        ),
        (json!({"practice": "completed"}), 200, "completed"),
        (json!({"pharmacy": "Ready to Collect"}), 200, "completed"),
        (json!({"pharmacy": "With Pharmacy"}), 200, "completed"),
        (json!({"hold": false}), 200, "completed"),
    ] {
        let mut body = json!({"patient": patient, "task": id});
        body.as_object_mut()
            .unwrap()
            .extend(what.as_object().unwrap().clone());
        let answer = console(&mock, "api/repeats", body.to_string()).await;
        assert_eq!(answer.0, status, "{what}: {}", answer.1);
        let task = task(&client, &id).await;
        assert_eq!(task["status"], expected, "{what}");
        let has_reason = matches!(expected, "rejected" | "failed");
        let reason = has_reason.then(|| json!({"text": "See us"}));
        assert_eq!(task.get("statusReason"), reason.as_ref(), "{what}");
    }
    let task = task(&client, &id).await;
    let (_, statuses) = prescription(&client, &task).await.unwrap();
    assert_eq!(
        statuses,
        ["Prescriber Approved", "Ready to Collect", "With Pharmacy"]
    );
}

#[tokio::test]
async fn the_page_has_a_button_for_everything_that_is_said_of_a_request() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let page = async || {
        let answer = send(&mock, "GET", "/console", &[], "").await.unwrap();
        String::from_utf8(answer.bytes).unwrap()
    };
    assert!(page().await.contains("No requests."));
    let id = ordered(&client).await;
    let shown = page().await;
    assert!(shown.contains(": requested</p>"), "{shown}");
    assert!(!shown.contains("The pharmacy says"), "nothing is there yet");
    let patient = client.patient();
    for (action, said, expected, shows) in [
        ("hold", "", 303, "Let them go on"),
        ("let-go", "", 303, "Hold them all"),
        ("practice", "practice=on-hold", 303, ": on-hold</p>"),
        ("practice", "practice=abducted", 422, ": on-hold</p>"),
        ("pharmacy", "pharmacy=Collected", 422, ": on-hold</p>"),
        (
            "practice",
            "practice=rejected&reason=%3Cb%3E",
            303,
            "No requests.",
        ),
        (
            "practice",
            "practice=completed",
            303,
            "<option>Ready to Dispatch - Partial</option>",
        ),
        (
            "pharmacy",
            "pharmacy=Ready+to+Collect",
            303,
            ": completed</p>",
        ),
    ] {
        let body = format!("patient={patient}&task={id}&{said}");
        let answer = console(&mock, &format!("do/{action}"), body).await;
        assert_eq!(answer.0, expected, "{action} {said}: {}", answer.1);
        let page = page().await;
        assert!(page.contains(shows), "{action} {said}: {page}");
        assert!(!page.contains("<b>"), "{action} {said}");
    }
    let task = task(&client, &id).await;
    let (_, statuses) = prescription(&client, &task).await.unwrap();
    assert_eq!(statuses.last().unwrap(), "Ready to Collect");
}
