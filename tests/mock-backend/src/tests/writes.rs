//! Writes: conditional create, versions, patches, and who may write what.

use serde_json::json;

use super::client::{Client, mock};
use crate::{Fault, Rule};

fn task(patient: &str, plan: &str, id: &str) -> serde_json::Value {
    json!({
        "resourceType": "Task", "status": "requested", "intent": "order",
        "identifier": [{ "system": "https://tools.ietf.org/html/rfc4122", "value": id }],
        "for": { "reference": format!("Patient/{patient}") },
        "focus": { "reference": format!("MedicationRequest/{plan}") },
    })
}

#[tokio::test]
async fn creating_twice_with_one_identifier_is_one_resource() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let plans = client
        .search("MedicationRequest?patient={}&intent=plan&status=active")
        .await;
    let plan = plans[0]["id"].as_str().unwrap();
    let body = task(client.patient(), plan, "one");
    let condition = [(
        "If-None-Exist",
        "identifier=https://tools.ietf.org/html/rfc4122|one",
    )];
    let first = client.post("Task", &body, &condition).await;
    assert_eq!(first.status, 201, "{}", first.json());
    assert!(first.header("location").contains("/Task/"));
    assert_eq!(first.header("etag"), "W/\"1\"");
    let second = client.post("Task", &body, &condition).await;
    assert_eq!(second.status, 200, "it is there already");
    assert_eq!(second.json()["id"], first.json()["id"]);
    let third = client
        .post("Task", &task(client.patient(), plan, "two"), &[])
        .await;
    assert_eq!(
        (third.status, third.code().as_str()),
        (409, "DUPLICATE_REJECTED")
    );
    assert_eq!(mock.store().written().len(), 1);
    mock.faults().set(Rule::once(Fault::NoConditionalCreate));
    let ignored = client.post("Task", &body, &condition).await;
    assert_eq!(
        ignored.status, 409,
        "a server without conditional create finds the other request"
    );
}

#[tokio::test]
async fn several_matches_are_a_failed_precondition() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let form = json!({
        "resourceType": "QuestionnaireResponse", "status": "completed",
        "identifier": { "system": "s", "value": "same" },
        "subject": { "reference": format!("Patient/{}", client.patient()) },
    });
    for _ in 0..2 {
        assert_eq!(
            client
                .post("QuestionnaireResponse", &form, &[])
                .await
                .status,
            201
        );
    }
    let condition = [("If-None-Exist", "identifier=s|same")];
    assert_eq!(
        client
            .post("QuestionnaireResponse", &form, &condition)
            .await
            .status,
        412
    );
}

#[tokio::test]
async fn a_stale_version_is_refused_in_both_ways() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let consent = json!({
        "resourceType": "Consent", "status": "active",
        "patient": { "reference": format!("Patient/{}", client.patient()) },
    });
    let mut consent = client.post("Consent", &consent, &[]).await.json();
    let path = format!("Consent/{}", consent["id"].as_str().unwrap());
    consent["dateTime"] = json!("2026-03-02");
    let newer = client.put(&path, &consent, "W/\"1\"").await;
    assert_eq!((newer.status, newer.header("etag")), (200, "W/\"2\""));
    let stale = client.put(&path, &consent, "W/\"1\"").await;
    assert_eq!(
        (stale.status, stale.code().as_str()),
        (412, "RESOURCE_VERSION_MISMATCH")
    );
    mock.faults().set(Rule::once(Fault::ConflictAs409));
    assert_eq!(client.put(&path, &consent, "W/\"1\"").await.status, 409);
    let deleted = client.try_send("DELETE", &path, &[], "").await.unwrap();
    assert_eq!(deleted.status, 204);
    assert_eq!(client.get(&path).await.status, 410);
    let again = client.try_send("DELETE", &path, &[], "").await.unwrap();
    assert_eq!(again.status, 204, "deleting what is deleted succeeds");
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let headers = [
        ("Content-Type", "application/json-patch+json"),
        ("If-Match", "W/\"1\""),
    ];
    let patch = r#"[{"op":"add","path":"/language","value":"cy"}]"#;
    let answer = client
        .try_send("PATCH", "Patient/{}", &headers, patch)
        .await
        .unwrap();
    assert_eq!(
        (answer.status, &answer.json()["language"]),
        (200, &json!("cy"))
    );
    assert_eq!(client.get("Patient/{}").await.json()["language"], "cy");
    let stale = client
        .try_send("PATCH", "Patient/{}", &headers, patch)
        .await
        .unwrap();
    assert_eq!(stale.status, 412);
    let headers = [("Content-Type", "application/json-patch+json")];
    for (patch, status) in [
        (
            r#"[{"op":"replace","path":"/nothing/here","value":1}]"#,
            422,
        ),
        (r#"[{"op":"replace","path":"/id","value":"p000002"}]"#, 422),
        ("not json", 400),
    ] {
        let answer = client
            .try_send("PATCH", "Patient/{}", &headers, patch)
            .await
            .unwrap();
        assert_eq!(answer.status, status, "{patch}");
    }
}

#[tokio::test]
async fn nobody_writes_into_the_record_or_for_another_patient() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let condition = json!({ "resourceType": "Condition" });
    assert_eq!(client.post("Condition", &condition, &[]).await.status, 405);
    let other = json!({ "resourceType": "Consent", "patient": { "reference": "Patient/p000002" } });
    assert_eq!(client.post("Consent", &other, &[]).await.status, 403);
    let wrong = json!({ "resourceType": "Task" });
    assert_eq!(client.post("Consent", &wrong, &[]).await.status, 422);
    assert!(mock.store().written().is_empty());
}

#[tokio::test]
async fn no_nonsense_brings_it_down() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    for (method, path, body) in [
        ("POST", "Appointment", "{"),
        ("POST", "Appointment", "[]"),
        ("POST", "Appointment", "null"),
        (
            "POST",
            "Appointment",
            r#"{"resourceType":"Appointment","slot":7,"participant":"x"}"#,
        ),
        ("PUT", "Appointment/x", "{}"),
        ("GET", "Slot?start=ge9999-12-31&start=lt0001-01-01", ""),
        ("GET", "Slot?start=ge-1", ""),
        ("GET", "Slot/%00", ""),
        ("GET", "Observation?_page=%%%", ""),
        (
            "GET",
            "Observation?_page=AAAA&_offset=99999999999999999999",
            "",
        ),
        (
            "GET",
            "Observation?_offset=18446744073709551615&_count=500",
            "",
        ),
        ("GET", "Condition/_history?_since=x", ""),
        ("GET", "/////", ""),
        ("POST", "Task/_search", "%ff%fe"),
        ("PATCH", "Patient/{}", "{}"),
        ("OPTIONS", "Patient/{}", ""),
    ] {
        let answer = client.try_send(method, path, &[], body).await;
        let status = answer.map(|answer| answer.status);
        assert!(
            status.as_ref().is_ok_and(|status| *status < 500),
            "{method} {path} {body}: {status:?}"
        );
    }
    let large = "x".repeat(5 * 1024 * 1024);
    drop(client.try_send("POST", "Appointment", &[], &large).await);
    mock.faults().set(Rule::once(Fault::Panic));
    let answer = client.get("Patient/{}").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (500, "INTERNAL_SERVER_ERROR")
    );
    assert_eq!(
        client.get("Patient/{}").await.status,
        200,
        "it still answers"
    );
}
