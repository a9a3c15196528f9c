//! Each fault does what it says, where it is told to.

use std::time::Duration;

use serde_json::Value;

use super::client::{Client, mock, next, resources, send};
use crate::{BadEntry, Config, Fault, MockBackend, RetryAfter, Rule, scenarios};

fn status(status: u16) -> Fault {
    Fault::Status {
        status,
        nhs_code: None,
        retry_after: None,
    }
}

#[tokio::test]
async fn every_status_comes_with_an_outcome() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    for code in [
        401, 403, 404, 408, 409, 410, 412, 422, 429, 461, 500, 503, 504,
    ] {
        mock.faults()
            .set(Rule::once(status(code)).on_path("/Condition"));
        let answer = client.get("Condition?patient={}").await;
        assert_eq!(answer.status, code);
        assert_eq!(answer.json()["resourceType"], "OperationOutcome");
        assert_eq!(
            client.get("Condition?patient={}").await.status,
            200,
            "once is once"
        );
    }
}

#[tokio::test]
async fn retry_after_comes_in_both_forms() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    for (retry_after, expected) in [
        (RetryAfter::Seconds(7), "7"),
        (RetryAfter::DateInSeconds(3600), "Mon, 02 Mar 2026 11:0"),
    ] {
        mock.faults().set(Rule::once(Fault::Status {
            status: 429,
            nhs_code: Some("THROTTLED".into()),
            retry_after: Some(retry_after),
        }));
        let answer = client.get("Patient/{}").await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "THROTTLED"));
        assert!(answer.header("retry-after").starts_with(expected));
    }
}

#[tokio::test]
async fn a_lost_request_has_no_effect_and_a_lost_reply_has() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slots = client.free_slots("In-person").await;
    for (fault, written) in [(Fault::LostRequest, 0), (Fault::LostReply, 2)] {
        mock.faults()
            .set(Rule::once(fault).on("POST", "/Appointment"));
        let body = client.booking(&slots[0], "x").to_string();
        assert!(
            client
                .try_send("POST", "Appointment", &[], &body)
                .await
                .is_err()
        );
        assert_eq!(
            mock.store().written().len(),
            written,
            "the slot and the appointment"
        );
    }
    assert_eq!(
        client
            .search("Appointment?patient={}&identifier=x")
            .await
            .len(),
        1
    );
    let cut_off = mock
        .log()
        .entries()
        .into_iter()
        .filter(|entry| entry.status.is_none());
    let faults: Vec<_> = cut_off.filter_map(|entry| entry.fault).collect();
    assert_eq!(faults, ["lost-request", "lost-reply"]);
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_server_stops() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let slots = client.free_slots("In-person").await;
    for (fault, written) in [(Fault::HangBefore, 0), (Fault::HangAfter, 2)] {
        mock.faults()
            .set(Rule::once(fault).on("POST", "/Appointment"));
        let body = client.booking(&slots[0], "x").to_string();
        let hanging = client.try_send("POST", "Appointment", &[], &body);
        let stopping = async {
            while mock.log().count("POST", "/Appointment") == 0 {
                tokio::task::yield_now().await;
            }
            mock.stop().await;
        };
        let (answer, ()) = tokio::join!(hanging, stopping);
        assert!(answer.is_err());
        assert_eq!(mock.store().written().len(), written);
        mock.restart().await.unwrap();
        mock.log().clear();
    }
}

#[tokio::test]
async fn a_stopped_server_frees_its_port_and_another_can_take_it() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    mock.stop().await;
    assert!(client.try_send("GET", "Patient/{}", &[], "").await.is_err());
    let second = MockBackend::start_at(mock.address(), Config::default())
        .await
        .unwrap();
    assert_eq!(second.address(), mock.address());
    assert!(mock.restart().await.is_err(), "the port is taken now");
    second.stop().await;
    mock.restart().await.unwrap();
    assert_eq!(
        client.get("Patient/{}").await.status,
        200,
        "sign-ins outlive the network"
    );
}

#[tokio::test]
async fn a_slow_answer_comes_late() {
    let mock = mock().await;
    mock.faults()
        .set(Rule::once(Fault::Slow { millis: 60 }).on_path("/metadata"));
    let began = std::time::Instant::now();
    assert_eq!(
        send(&mock, "GET", "/fhir/metadata", &[], "")
            .await
            .unwrap()
            .status,
        200
    );
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn bodies_are_spoilt_as_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let faults = mock.faults();
    faults.set(Rule::once(Fault::TruncatedBody));
    assert_eq!(client.get("Patient/{}").await.json(), Value::Null);
    faults.set(Rule::once(Fault::WrongContentType));
    assert_eq!(
        client.get("Patient/{}").await.header("content-type"),
        "text/html"
    );
    faults.set(Rule::once(Fault::OutcomeWithSuccess));
    let answer = client.get("Patient/{}").await;
    assert_eq!(
        (answer.status, &answer.json()["resourceType"]),
        (200, &"OperationOutcome".into())
    );
    faults.set(Rule::once(Fault::HtmlPage { status: 502 }));
    let answer = client.get("Patient/{}").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (502, "text/html")
    );
    faults.set(Rule::once(Fault::Partial));
    let answer = client.get("Condition?patient={}").await;
    assert_eq!(answer.status, 207);
    assert_eq!(resources(&answer.json(), "outcome").len(), 1);
    assert!(
        !resources(&answer.json(), "match").is_empty(),
        "what is there is still there"
    );
    faults.set(Rule::once(Fault::NothingFound));
    assert_eq!(client.get("Condition?patient={}").await.json()["total"], 0);
}

#[tokio::test]
async fn a_parameter_is_ignored_and_pages_are_small_as_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let search = "Condition?patient={}&identifier=nobody-has-this";
    assert_eq!(client.get(search).await.json()["total"], 0);
    let name = "identifier".to_owned();
    mock.faults()
        .set(Rule::once(Fault::IgnoredParameter { name }));
    mock.faults()
        .set(Rule::once(Fault::SmallPages { count: 1 }));
    let page = client.get(search).await.json();
    assert!(page["total"].as_u64().unwrap() > 1);
    assert_eq!(resources(&page, "match").len(), 1);
    assert!(next(&page).is_some());
}

#[tokio::test]
async fn a_create_is_answered_with_something_else_as_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let patient = format!("Patient/{}", client.patient());
    let consent = |date: &str| {
        serde_json::json!({ "resourceType": "Consent", "status": "active",
            "patient": { "reference": patient }, "dateTime": date })
    };
    let first = client.post("Consent", &consent("2026-01-01"), &[]).await;
    let mut written = mock.store().written().len();
    for takes_effect in [false, true] {
        mock.faults()
            .set(Rule::once(Fault::UnrelatedAnswer { takes_effect }));
        let answer = client.post("Consent", &consent("2026-02-02"), &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["id"], first.json()["id"]);
        written += usize::from(takes_effect);
        assert_eq!(mock.store().written().len(), written);
    }
}

#[tokio::test]
async fn next_links_go_astray_as_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    mock.faults().set(Rule::once(Fault::ForeignNextLink));
    let foreign = next(&client.get("Condition?patient={}").await.json()).unwrap();
    assert!(foreign.starts_with("https://elsewhere.example/"));
    mock.faults().set(Rule::always(Fault::EndlessPages));
    let first = next(&client.get("Condition?patient={}").await.json()).unwrap();
    let path = first
        .strip_prefix(&format!("{}/", mock.fhir_base()))
        .unwrap()
        .to_owned();
    let second = next(&client.get(&path).await.json()).unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn the_third_page_alone_can_fail() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    mock.faults().set(
        Rule::once(status(500))
            .on("GET", "/Observation?category=laboratory")
            .after(2),
    );
    let mut path = "Observation?patient={}&category=laboratory&_count=5".to_owned();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = client.get(&path).await;
        statuses.push(answer.status);
        if let Some(url) = next(&answer.json()) {
            path = url
                .strip_prefix(&format!("{}/", mock.fhir_base()))
                .unwrap()
                .to_owned();
        }
    }
    assert_eq!(
        statuses,
        [200, 200, 500],
        "the opaque link is known for what it asks"
    );
}

#[tokio::test]
async fn bad_entries_stand_beside_the_good_ones() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let good = client.search("Condition?patient={}").await;
    for entry in [
        BadEntry::SchemaInvalid,
        BadEntry::WithoutId,
        BadEntry::OtherPatient,
        BadEntry::Outcome,
        BadEntry::NotAResource,
    ] {
        mock.faults().set(Rule::once(Fault::BadEntry { entry }));
        let bundle = client.get("Condition?patient={}").await.json();
        let all = bundle["entry"].as_array().unwrap();
        assert!(all.len() > good.len(), "{entry:?}");
        assert!(
            good.iter()
                .all(|one| all.iter().any(|have| have["resource"] == *one))
        );
    }
}

#[tokio::test]
async fn discovery_fails_as_asked() {
    let mock = mock().await;
    let get = |path: &'static str| send(&mock, "GET", path, &[], "");
    mock.faults().set(Rule::once(Fault::FhirVersion {
        version: "3.0.1".into(),
    }));
    assert_eq!(
        get("/fhir/metadata").await.unwrap().json()["fhirVersion"],
        "3.0.1"
    );
    mock.faults().set(Rule::once(Fault::NoMetadata));
    assert_eq!(get("/fhir/metadata").await.unwrap().status, 404);
    mock.faults().set(Rule::once(Fault::NoSmartConfiguration));
    assert_eq!(
        get("/fhir/.well-known/smart-configuration")
            .await
            .unwrap()
            .status,
        404
    );
}

#[tokio::test]
async fn tokens_run_out_as_asked() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    mock.faults().set(Rule::once(Fault::ExpiredAccessToken));
    assert_eq!(client.get("Patient/{}").await.status, 401);
    assert_eq!(client.get("Patient/{}").await.status, 200);
    mock.faults().set(Rule::once(Fault::ExpiredRefreshToken));
    let form = [
        ("grant_type", "refresh_token"),
        (
            "refresh_token",
            client.grant["refresh_token"].as_str().unwrap(),
        ),
        ("client_id", "hale"),
    ];
    assert_eq!(super::client::token(&mock, &form).await.status, 400);
}

#[tokio::test]
async fn every_scenario_names_a_persona_and_has_its_own_name() {
    let mock = mock().await;
    let mut keys = Vec::new();
    for scenario in scenarios() {
        assert!(
            mock.personas()
                .iter()
                .any(|persona| persona.key == scenario.persona),
            "{}",
            scenario.key
        );
        keys.push(scenario.key);
    }
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
}
