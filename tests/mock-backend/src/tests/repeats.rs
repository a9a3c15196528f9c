//! Repeat prescriptions: who may ask for what, what patients may change and find, and the course
//! that a request takes by itself.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::{Client, mock, resources};
use crate::{Lifetimes, PracticeSays, RunningMock};

/// A backend whose sign-ins outlast the days that these tests let pass.
pub(super) async fn patient_mock() -> RunningMock {
    let mock = mock().await;
    mock.smart().set_lifetimes(Lifetimes {
        access_token: 90 * 24 * 3600,
        ..Lifetimes::default()
    });
    mock
}

pub(super) async fn plans(client: &Client<'_>) -> Vec<String> {
    let plans = client
        .search("MedicationRequest?patient={}&intent=plan&status=active")
        .await;
    let id = |plan: &Value| plan["id"].as_str().unwrap().to_owned();
    plans.iter().map(id).collect()
}

pub(super) fn order(client: &Client<'_>, plan: &str) -> Value {
    json!({
        "resourceType": "Task", "status": "requested", "intent": "order",
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "103742009" }] },
        "for": { "reference": format!("Patient/{}", client.patient()) },
        "focus": { "reference": format!("MedicationRequest/{plan}") },
    })
}

/// An order of the first repeat that was accepted by the server.
pub(super) async fn ordered(client: &Client<'_>) -> String {
    let plan = plans(client).await.remove(0);
    let answer = client.post("Task", &order(client, &plan), &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub(super) async fn task(client: &Client<'_>, id: &str) -> Value {
    let all = client
        .search("Task?patient={}&code=http://snomed.info/sct|103742009&_include=Task:focus")
        .await;
    all.into_iter().find(|one| one["id"] == id).unwrap()
}

/// The prescription that came of a request, and its statuses.
pub(super) async fn prescription(
    client: &Client<'_>,
    task: &Value,
) -> Option<(Value, Vec<String>)> {
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
    let issue = json!({"resourceType": "MedicationRequest", "id": "an-issue", "status": "active",
        "intent": "order", "subject": {"reference": format!("Patient/{}", client.patient())}});
    mock.store().put(client.patient(), issue);
    let of = |plan: &str| order(&client, plan);
    let cases = [
        ("no such plan", of("nowhere"), 422, "REFERENCE_NOT_FOUND"),
        ("an issue", of("an-issue"), 422, "REFERENCE_NOT_FOUND"),
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

pub(super) fn hours(mock: &RunningMock, hours: i64) {
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

#[tokio::test]
async fn who_may_only_see_prescriptions_asks_for_none() {
    for (level, expected) in [("none", 403), ("view", 403), ("manage", 201)] {
        let mock = patient_mock().await;
        let client = Client::of(&mock, "full").await;
        let plan = plans(&client).await.remove(0);
        let mut person = client.get("Patient/{}").await.json();
        for extension in person["extension"].as_array_mut().unwrap() {
            for part in extension["extension"].as_array_mut().into_iter().flatten() {
                if part["url"] == "prescriptions" {
                    part["valueCode"] = json!(level);
                }
            }
        }
        mock.store().put(client.patient(), person);
        let answer = client.post("Task", &order(&client, &plan), &[]).await;
        assert_eq!(answer.status, expected, "{level}: {}", answer.json());
        if expected == 403 {
            assert_eq!(answer.code(), "ACCESS_DENIED", "{level}");
            let words = answer.json().to_string();
            assert!(words.contains("You can see your prescriptions here"));
        }
    }
}

#[tokio::test]
async fn a_patient_changes_a_request_only_by_taking_it_back_in_time() {
    let reason = || "No".to_owned();
    let cases = [
        (None, "/status", "cancelled", 200),
        (None, "/status", "completed", 400),
        (None, "/status", "accepted", 400),
        (None, "/focus/reference", "MedicationRequest/other", 400),
        (
            Some(PracticeSays::Accepted),
            "/focus/reference",
            "MedicationRequest/other",
            400,
        ),
        (Some(PracticeSays::Accepted), "/status", "cancelled", 400),
        (Some(PracticeSays::InProgress), "/status", "cancelled", 400),
        (Some(PracticeSays::OnHold), "/status", "cancelled", 400),
        (Some(PracticeSays::Completed), "/status", "requested", 400),
        (
            Some(PracticeSays::Rejected { reason: reason() }),
            "/status",
            "requested",
            400,
        ),
        (
            Some(PracticeSays::Failed { reason: reason() }),
            "/status",
            "cancelled",
            400,
        ),
    ];
    for (says, path, value, expected) in cases {
        for is_patch in [false, true] {
            let mock = patient_mock().await;
            let client = Client::of(&mock, "full").await;
            let id = ordered(&client).await;
            if let Some(says) = says.clone() {
                assert!(mock.repeats().say(client.patient(), &id, says));
            }
            let address = format!("Task/{id}");
            let before = client.get(&address).await;
            let etag = before.header("etag").to_owned();
            let answer = if is_patch {
                let patch = json!([{"op": "replace", "path": path, "value": value}]).to_string();
                let headers = [
                    ("Content-Type", "application/json-patch+json"),
                    ("If-Match", etag.as_str()),
                ];
                client.try_send("PATCH", &address, &headers, &patch).await
            } else {
                let mut changed = before.json();
                *changed.pointer_mut(path).unwrap() = json!(value);
                Ok(client.put(&address, &changed, &etag).await)
            }
            .unwrap();
            let name = format!("{says:?} {path} {value} {is_patch}");
            assert_eq!(answer.status, expected, "{name}: {}", answer.json());
            if expected == 400 {
                assert_eq!(answer.code(), "INVALID_REQUEST_STATE", "{name}");
                let after = client.get(&address).await.json();
                assert_eq!(after, before.json(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_is_over_stands_in_no_ones_way() {
    let reason = || "No".to_owned();
    for (says, expected) in [
        (PracticeSays::Accepted, 409),
        (PracticeSays::InProgress, 409),
        (PracticeSays::OnHold, 409),
        (PracticeSays::Completed, 201),
        (PracticeSays::Rejected { reason: reason() }, 201),
        (PracticeSays::Failed { reason: reason() }, 201),
    ] {
        let mock = patient_mock().await;
        let client = Client::of(&mock, "full").await;
        let id = ordered(&client).await;
        let name = format!("{says:?}");
        assert!(mock.repeats().say(client.patient(), &id, says));
        let plan = plans(&client).await.remove(0);
        let again = client.post("Task", &order(&client, &plan), &[]).await;
        assert_eq!(again.status, expected, "{name}: {}", again.json());
        let mut received = task(&client, &id).await;
        received["status"] = json!("received");
        mock.store().put(client.patient(), received);
        let again = client.post("Task", &order(&client, &plan), &[]).await;
        assert_eq!(again.status, 409, "received is open");
    }
}

#[tokio::test]
async fn requests_are_found_by_what_they_are_of_and_by_their_identifier() {
    let mock = patient_mock().await;
    let client = Client::of(&mock, "full").await;
    let plans = plans(&client).await;
    for (at, plan) in plans[..2].iter().enumerate() {
        let mut order = order(&client, plan);
        order["authoredOn"] = json!(format!("2026-03-02T0{}:00:00Z", at + 1));
        let identifier = json!({"system": "https://tools.ietf.org/html/rfc4122",
            "value": format!("number-{at}")});
        order["identifier"] = json!([identifier]);
        assert_eq!(client.post("Task", &order, &[]).await.status, 201);
    }
    let of = |at: usize| format!("MedicationRequest/{}", plans[at]);
    let renewal = "code=http://snomed.info/sct|103742009";
    let cases = [
        (
            format!("{renewal}&_include=Task:focus&_sort=-authored-on"),
            vec![of(1), of(0)],
            2,
        ),
        (
            format!("{renewal}&_sort=authored-on"),
            vec![of(0), of(1)],
            0,
        ),
        ("code=http://snomed.info/sct|1".to_owned(), vec![], 0),
        (format!("focus={}", of(0)), vec![of(0)], 0),
        (
            format!("focus={}&_include=Task:focus", of(1)),
            vec![of(1)],
            1,
        ),
        ("focus=MedicationRequest/nowhere".to_owned(), vec![], 0),
        (
            "identifier=https://tools.ietf.org/html/rfc4122|number-1".to_owned(),
            vec![of(1)],
            0,
        ),
        ("identifier=elsewhere|number-1".to_owned(), vec![], 0),
    ];
    for (query, expected, included) in cases {
        let bundle = client
            .get(&format!("Task?patient={{}}&{query}"))
            .await
            .json();
        let focus = |one: &Value| one["focus"]["reference"].as_str().unwrap().to_owned();
        let found: Vec<String> = resources(&bundle, "match").iter().map(focus).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(resources(&bundle, "include").len(), included, "{query}");
    }
}
