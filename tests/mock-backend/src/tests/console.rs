//! The console: the page, and the same for programs.

use serde_json::json;

use super::client::{Client, mock, send};

#[tokio::test]
async fn the_page_shows_what_there_is_and_runs_no_scripts() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let headers = [("X-Request-ID", "<script>")];
    client
        .try_send("GET", "Condition?patient={}", &headers, "")
        .await
        .unwrap();
    let answer = send(&mock, "GET", "/console", &[], "").await.unwrap();
    let page = String::from_utf8(answer.bytes).unwrap();
    for text in [
        "<h1>",
        "Scenarios",
        "Faults in force",
        "Clock",
        "Personas",
        "Written",
        "Requests",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.to_lowercase().contains("<script"));
    assert!(
        !page.contains("http-equiv") && !page.contains("src="),
        "nothing from elsewhere"
    );
}

#[tokio::test]
async fn the_forms_move_the_handles() {
    let mock = mock().await;
    let post = |action: &'static str, body: &'static str| {
        let mock = &mock;
        async move {
            send(mock, "POST", &format!("/console/do/{action}"), &[], body)
                .await
                .unwrap()
                .status
        }
    };
    assert_eq!(post("scenario", "key=slot-taken").await, 303);
    assert_eq!(mock.faults().rules().len(), 1);
    assert_eq!(post("scenario", "key=unknown").await, 422);
    let rule = "rule=%7B%22fault%22%3A%7B%22kind%22%3A%22partial%22%7D%7D";
    assert_eq!(post("fault", rule).await, 303);
    assert_eq!(post("fault", "rule=nonsense").await, 422);
    assert_eq!(mock.faults().rules().len(), 2);
    assert_eq!(post("remove", "at=0").await, 303);
    assert_eq!(mock.faults().rules().len(), 1);
    assert_eq!(
        post("clock", "set=2026-06-01T09:00:00Z&minutes=").await,
        303
    );
    assert_eq!(
        mock.clock().now().format("%Y-%m-%d").to_string(),
        "2026-06-01"
    );
    assert_eq!(post("clock", "set=&minutes=x").await, 422);
    assert_eq!(post("reset", "").await, 303);
    assert!(mock.faults().rules().is_empty());
}

#[tokio::test]
async fn another_web_page_cannot_switch_anything() {
    let mock = mock().await;
    let foreign = [("Origin", "https://evil.example")];
    let answer = send(
        &mock,
        "POST",
        "/console/do/scenario",
        &foreign,
        "key=offline",
    )
    .await
    .unwrap();
    assert_eq!(answer.status, 403);
    assert!(mock.faults().rules().is_empty());
}

#[tokio::test]
async fn programs_do_the_same_over_json() {
    let mock = mock().await;
    let api = |method: &'static str, what: &'static str, body: String| {
        let mock = &mock;
        async move {
            send(mock, method, &format!("/console/api/{what}"), &[], body)
                .await
                .unwrap()
        }
    };
    let personas = api("GET", "personas", String::new()).await.json();
    assert!(
        personas
            .as_array()
            .unwrap()
            .iter()
            .any(|persona| persona["key"] == "full")
    );
    let rule = json!({ "fault": { "kind": "status", "status": 503 }, "path": "/fhir", "times": 1 });
    assert_eq!(api("POST", "faults", rule.to_string()).await.status, 200);
    assert_eq!(
        send(&mock, "GET", "/fhir/metadata", &[], "")
            .await
            .unwrap()
            .status,
        503
    );
    assert_eq!(
        api("GET", "log", String::new()).await.json()[0]["fault"],
        "status"
    );
    let scenario = json!({ "key": "everything-503" }).to_string();
    assert_eq!(
        api("POST", "scenario", scenario).await.json()["persona"],
        "full"
    );
    assert_eq!(
        api("DELETE", "faults", String::new()).await.json(),
        json!([])
    );
    let clock = json!({ "advance_seconds": 86_400 }).to_string();
    let now = api("POST", "clock", clock).await.json();
    assert!(now["now"].as_str().unwrap().starts_with("2026-03-03"));
    let lifetimes = json!({ "code": 1, "access_token": 2, "id_token": 3, "refresh_token": 4 });
    assert_eq!(
        api("PUT", "lifetimes", lifetimes.to_string()).await.json(),
        lifetimes
    );
    assert_eq!(api("PUT", "lifetimes", "nonsense".into()).await.status, 422);
    assert_eq!(api("GET", "nothing", String::new()).await.status, 404);
    assert_eq!(api("POST", "reset", String::new()).await.status, 200);
    assert_eq!(api("GET", "written", String::new()).await.json(), json!([]));
}
