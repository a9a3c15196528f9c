//! Repeat prescriptions: who may ask for what, and what the practice and the pharmacy do with it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::{Client, mock};
use crate::{Lifetimes, PracticeSays, RunningMock};

/// A backend whose sign-ins outlast the days that these tests let pass.
async fn patient_mock() -> RunningMock {
    let mock = mock().await;
    mock.smart().set_lifetimes(Lifetimes {
        access_token: 90 * 24 * 3600,
        ..Lifetimes::default()
    });
    mock
}

async fn plans(client: &Client<'_>) -> Vec<String> {
    let plans = client
        .search("MedicationRequest?patient={}&intent=plan&status=active")
        .await;
    let id = |plan: &Value| plan["id"].as_str().unwrap().to_owned();
    plans.iter().map(id).collect()
}

fn order(client: &Client<'_>, plan: &str) -> Value {
    json!({
        "resourceType": "Task", "status": "requested", "intent": "order",
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "103742009" }] },
        "for": { "reference": format!("Patient/{}", client.patient()) },
        "focus": { "reference": format!("MedicationRequest/{plan}") },
    })
}

/// An order of the first repeat that was accepted by the server.
async fn ordered(client: &Client<'_>) -> String {
    let plan = plans(client).await.remove(0);
    let answer = client.post("Task", &order(client, &plan), &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn task(client: &Client<'_>, id: &str) -> Value {
    let all = client
        .search("Task?patient={}&code=http://snomed.info/sct|103742009&_include=Task:focus")
        .await;
    all.into_iter().find(|one| one["id"] == id).unwrap()
}

/// The prescription that came of a request, and its statuses.
async fn prescription(client: &Client<'_>, task: &Value) -> Option<(Value, Vec<String>)> {
    let number = &task["output"][0]["valueIdentifier"]["value"];
    let all = client
        .search("MedicationRequest?patient={}&intent=order")
        .await;
    let is_it = |one: &Value| one["groupIdentifier"]["value"] == *number;
    let found = all
        .into_iter()
        .find(|one| number.is_string() && is_it(one))?;
    let history = found["extension"].as_array().unwrap().iter();
    let code = |one: &Value| one["extension"][0]["valueCoding"]["code"].to_string();
    let statuses = history
        .map(code)
        .map(|code| code.replace('"', ""))
        .collect();
    Some((found, statuses))
}

#[tokio::test]
async fn each_order_has_its_answer() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let repeat = plans(&client).await.remove(0);
    let course = |code: &str| {
        let plan = json!({"resourceType": "MedicationRequest", "id": format!("of-{code}"),
            "status": "active", "intent": "plan",
            "subject": {"reference": format!("Patient/{}", client.patient())},
            "courseOfTherapyType": {"coding": [{"code": code}]}});
        mock.store().put(client.patient(), plan);
        format!("of-{code}")
    };
    let with_note = |length: usize| {
        let mut order = order(&client, &repeat);
        order["note"] = json!([{"text": "a".repeat(length)}]);
        order
    };
    let of = |plan: &str| order(&client, plan);
    let cases = [
        ("no such plan", of("nowhere"), 422, "REFERENCE_NOT_FOUND"),
        ("acute", of(&course("acute")), 422, "INVALID_RESOURCE"),
        (
            "repeat dispensing",
            of(&course("continuous-repeat-dispensing")),
            422,
            "INVALID_RESOURCE",
        ),
        ("a long note", with_note(201), 400, "INVALID_VALUE"),
        ("a note", with_note(200), 201, ""),
        ("the same again", of(&repeat), 409, "DUPLICATE_REJECTED"),
    ];
    for (name, order, status, code) in cases {
        let answer = client.post("Task", &order, &[]).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.json());
        if status != 201 {
            assert_eq!(answer.code(), code, "{name}");
        }
    }
    let off = Client::of(&mock, "parent").await;
    let plan = plans(&off).await.remove(0);
    let answer = off.post("Task", &order(&off, &plan), &[]).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (403, "ACCESS_DENIED")
    );
}

fn hours(mock: &RunningMock, hours: i64) {
    mock.clock().advance(TimeDelta::hours(hours));
}

#[tokio::test]
async fn a_request_goes_forward_with_the_clock() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    let asked = task(&client, &id).await;
    assert_eq!(asked["status"], "requested");
    hours(&mock, 2);
    assert_eq!(task(&client, &id).await["status"], "accepted");
    hours(&mock, 3);
    assert_eq!(task(&client, &id).await["status"], "in-progress");
    // Several steps at once, each at its own time.
    hours(&mock, 44);
    let done = task(&client, &id).await;
    assert_eq!(done["status"], "completed");
    let (found, statuses) = prescription(&client, &done).await.unwrap();
    assert_eq!(
        statuses,
        ["Prescriber Approved", "With Pharmacy", "Ready to Collect"]
    );
    let date = |at: usize| found["extension"][at]["extension"][1]["valueDateTime"].to_string();
    assert!(date(0) < date(1) && date(1) < date(2));
    assert!(found["dispenseRequest"]["performer"]["display"].is_string());
    hours(&mock, 48);
    let (found, statuses) = prescription(&client, &done).await.unwrap();
    assert_eq!(statuses.last().unwrap(), "Collected");
    assert_eq!(found["status"], "completed");
    // The clock goes back: nothing happens twice.
    hours(&mock, -48);
    let (_, again) = prescription(&client, &done).await.unwrap();
    assert_eq!(again.len(), 4);
}

#[tokio::test]
async fn a_tester_speaks_for_the_practice_and_the_pharmacy() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let id = ordered(&client).await;
    let repeats = mock.repeats();
    let patient = client.patient();
    assert!(!repeats.say(patient, "nowhere", PracticeSays::Accepted));
    assert!(!repeats.pharmacy(patient, &id, "With Pharmacy"), "not yet");
    assert!(repeats.say(patient, &id, PracticeSays::Completed));
    for status in ["Ready to Collect", "With Pharmacy", "Something New"] {
        assert!(repeats.pharmacy(patient, &id, status));
    }
    hours(&mock, 200);
    let done = task(&client, &id).await;
    let (_, statuses) = prescription(&client, &done).await.unwrap();
    assert_eq!(
        statuses,
        [
            "Prescriber Approved",
            "Ready to Collect",
            "With Pharmacy",
            "Something New"
        ],
        "the clock moves it no more"
    );
    let reason = "You are due a blood test".to_owned();
    repeats.say(
        patient,
        &id,
        PracticeSays::Rejected {
            reason: reason.clone(),
        },
    );
    let rejected = task(&client, &id).await;
    assert_eq!(rejected["status"], "rejected");
    assert_eq!(rejected["statusReason"]["text"], reason.as_str());
}

#[tokio::test]
async fn what_is_held_stays_and_what_was_taken_back_ends() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    mock.repeats().hold();
    let id = ordered(&client).await;
    hours(&mock, 100);
    let mut request = task(&client, &id).await;
    assert_eq!(request["status"], "requested");
    request["status"] = json!("cancelled");
    let path = format!("Task/{id}");
    let answer = client.put(&path, &request, "W/\"1\"").await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    mock.repeats().let_go();
    assert_eq!(task(&client, &id).await["status"], "cancelled");
    request["status"] = json!("requested");
    let answer = client.put(&path, &request, "W/\"2\"").await;
    assert_eq!(answer.code(), "INVALID_REQUEST_STATE");
}
