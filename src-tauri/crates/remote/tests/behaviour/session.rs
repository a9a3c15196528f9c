//! Tokens in use.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use hale_core::ports::{BackendInfo, Backends, Remote, RemoteError, Tokens};
use hale_remote::{HttpBackends, HttpOptions, HttpRemote};
use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, header, method, path as at, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::support::raw::{RawServer, Reply};
use crate::support::{
    ACCESS, REFRESH, TestClock, TestKeeper, booking, info, options, path, request_ids, tokens,
};

const ACCESS_2: &str = "access-token-two-canary";
const REFRESH_2: &str = "refresh-token-two-canary";

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn renewed() -> Value {
    json!({
        "access_token": ACCESS_2, "token_type": "Bearer", "expires_in": 300,
        "refresh_token": REFRESH_2, "patient": "p1",
    })
}

/// A server that takes only the second access token, and the token endpoint that gives it.
async fn server(keeper: &TestKeeper, renewal: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let events = Arc::clone(&keeper.events);
    Mock::given(method("POST"))
        .and(at("/token"))
        .respond_with(move |request: &Request| {
            let form = String::from_utf8(request.body.clone()).unwrap();
            let used = if form.contains(REFRESH_2) {
                REFRESH_2
            } else {
                REFRESH
            };
            events.lock().unwrap().push(format!("used {used}"));
            renewal.clone()
        })
        .mount(&server)
        .await;
    let events = Arc::clone(&keeper.events);
    Mock::given(path_regex("^/fhir/"))
        .and(header("authorization", bearer(ACCESS_2).as_str()))
        .respond_with(move |_: &Request| {
            events.lock().unwrap().push("read".to_owned());
            ResponseTemplate::new(200).set_body_string("{}")
        })
        .mount(&server)
        .await;
    Mock::given(path_regex("^/fhir/"))
        .respond_with(ResponseTemplate::new(401))
        .with_priority(10)
        .mount(&server)
        .await;
    server
}

fn good_renewal() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(renewed())
}

fn connect(
    info: BackendInfo,
    tokens: Tokens,
    keeper: &TestKeeper,
    clock: &TestClock,
) -> HttpRemote {
    HttpBackends::new(options(), Arc::new(clock.clone())).connect(
        info,
        tokens,
        Arc::new(keeper.clone()),
    )
}

async fn requests_to(server: &MockServer, path: &str) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests
        .iter()
        .filter(|request| request.url.path() == path)
        .count()
}

#[tokio::test]
async fn a_401_is_answered_with_one_renewal_and_the_request_goes_again() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    remote.fetch(path("Patient/p1")).await.unwrap();
    let written = remote.write(booking()).await.unwrap();
    assert_eq!(written.status, 200);
    assert_eq!(requests_to(&server, "/token").await, 1);
    assert_eq!(requests_to(&server, "/fhir/Patient/p1").await, 2);
    let renewal = server.received_requests().await.unwrap()[1].clone();
    assert!(renewal.headers.contains_key("x-request-id"));
    let form = renewal.body;
    let form = String::from_utf8(form).unwrap();
    assert!(
        form.contains("grant_type=refresh_token") && form.contains(REFRESH),
        "{form}"
    );
    assert!(form.contains("client_id=hale"));
}

#[tokio::test]
async fn a_write_refused_with_401_goes_again_exactly_once() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    remote.write(booking()).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let writes: Vec<_> = requests
        .iter()
        .filter(|request| request.url.path() == "/fhir/Appointment")
        .collect();
    assert_eq!(writes.len(), 2);
    assert_eq!(
        writes[0].headers["x-request-id"],
        writes[1].headers["x-request-id"]
    );
    assert_eq!(writes[0].body, writes[1].body);
}

#[tokio::test]
async fn new_tokens_are_kept_before_they_are_used() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let clock = TestClock::new();
    let remote = connect(info(&server.uri()), tokens(), &keeper, &clock);
    remote.fetch(path("Patient/p1")).await.unwrap();
    clock.advance(295);
    remote.fetch(path("Patient/p1")).await.unwrap();
    assert_eq!(
        *keeper.events.lock().unwrap(),
        [
            format!("used {REFRESH}"),
            format!("kept {REFRESH_2}"),
            "read".to_owned(),
            format!("used {REFRESH_2}"),
            format!("kept {REFRESH_2}"),
            "read".to_owned(),
        ]
    );
    let kept = keeper.kept.lock().unwrap()[0].clone();
    assert_eq!(
        (kept.access_token.as_str(), kept.patient_id.as_str()),
        (ACCESS_2, "p1")
    );
    assert_eq!(kept.scope, "launch/patient", "none named means: as before");
}

#[tokio::test]
async fn a_token_about_to_end_is_renewed_before_the_request() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let clock = TestClock::new();
    let remote = connect(info(&server.uri()), tokens(), &keeper, &clock);
    clock.advance(271);
    remote.fetch(path("Patient/p1")).await.unwrap();
    assert_eq!(
        requests_to(&server, "/fhir/Patient/p1").await,
        1,
        "no 401 was needed"
    );
    assert_eq!(requests_to(&server, "/token").await, 1);
}

#[tokio::test]
async fn a_token_that_lives_shortly_is_not_renewed_at_every_request() {
    let keeper = TestKeeper::default();
    let mut short = renewed();
    short["expires_in"] = json!(20);
    let server = server(&keeper, ResponseTemplate::new(200).set_body_json(short)).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    for _ in 0..3 {
        remote.fetch(path("Patient/p1")).await.unwrap();
    }
    assert_eq!(requests_to(&server, "/token").await, 1);
}

#[tokio::test]
async fn parallel_requests_share_one_renewal() {
    let keeper = TestKeeper::default();
    let slow = good_renewal().set_delay(Duration::from_millis(50));
    let server = server(&keeper, slow).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    let all = join_all((0..8).map(|_| remote.fetch(path("Patient/p1")))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(requests_to(&server, "/token").await, 1);
}

#[tokio::test]
async fn a_renewal_that_nobody_waits_for_is_finished_and_kept() {
    let keeper = TestKeeper::default();
    let slow = good_renewal().set_delay(Duration::from_millis(50));
    let server = server(&keeper, slow).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    let impatient =
        tokio::time::timeout(Duration::from_millis(25), remote.fetch(path("Patient/p1"))).await;
    assert!(impatient.is_err(), "the person went elsewhere");
    remote.fetch(path("Patient/p1")).await.unwrap();
    assert!(!keeper.kept.lock().unwrap().is_empty());
    assert!(
        requests_to(&server, "/token").await <= 1,
        "the old refresh token works only once"
    );
}

#[tokio::test]
async fn a_refused_renewal_ends_the_sign_in_without_hammering() {
    let keeper = TestKeeper::default();
    let refused = ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
    let server = server(&keeper, refused).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    for _ in 0..3 {
        let outcome = remote.fetch(path("Patient/p1")).await;
        assert!(
            matches!(outcome, Err(RemoteError::SignInNeeded)),
            "{outcome:?}"
        );
    }
    let outcome = remote.write(booking()).await;
    assert!(matches!(outcome, Err(RemoteError::SignInNeeded)));
    assert_eq!(requests_to(&server, "/token").await, 1);
    assert_eq!(requests_to(&server, "/fhir/Patient/p1").await, 1);
    assert_eq!(requests_to(&server, "/fhir/Appointment").await, 0);
    assert!(keeper.kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_refresh_token_a_401_means_signing_in_again() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let clock = TestClock::new();
    let once = Tokens {
        refresh_token: None,
        ..tokens()
    };
    let remote = connect(info(&server.uri()), once, &keeper, &clock);
    clock.advance(3_600);
    let outcome = remote.fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::SignInNeeded)),
        "{outcome:?}"
    );
    assert_eq!(
        requests_to(&server, "/fhir/Patient/p1").await,
        1,
        "the server decided, not a clock that may be wrong"
    );
}

#[tokio::test]
async fn a_401_for_ever_is_reported_after_one_renewal() {
    let keeper = TestKeeper::default();
    let mut other = renewed();
    other["access_token"] = json!("access-token-nobody-takes");
    let server = server(&keeper, ResponseTemplate::new(200).set_body_json(other)).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    for _ in 0..3 {
        let outcome = remote.fetch(path("Patient/p1")).await;
        assert!(
            matches!(outcome, Err(RemoteError::Status { status: 401, .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(
        requests_to(&server, "/token").await,
        1,
        "one renewal, then ask the person"
    );
}

#[tokio::test]
async fn a_network_failure_while_renewing_does_not_end_the_sign_in() {
    let keeper = TestKeeper::default();
    let server = server(&keeper, good_renewal()).await;
    let token = RawServer::start(vec![Reply::Reset]).await;
    let clock = TestClock::new();
    let lost = BackendInfo {
        token_endpoint: format!("{}/token", token.origin),
        ..info(&server.uri())
    };
    let remote = connect(lost, tokens(), &keeper, &clock);
    clock.advance(290);
    let outcome = remote.write(booking()).await;
    let never_sent = matches!(outcome, Err(RemoteError::NotConnected(_)));
    assert!(never_sent, "the write itself was never sent: {outcome:?}");
    assert_eq!(requests_to(&server, "/fhir/Appointment").await, 0);
    assert_eq!(
        token.count(),
        1,
        "a refresh token is not sent twice on its own"
    );
    let outcome = remote.fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::NotConnected(_))),
        "still signed in: {outcome:?}"
    );
}

#[tokio::test]
async fn a_failing_token_endpoint_does_not_end_the_sign_in() {
    let keeper = TestKeeper::default();
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "9");
    let server = server(&keeper, busy).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    match remote.fetch(path("Patient/p1")).await {
        Err(RemoteError::Status {
            status: 503,
            retry_after,
            ..
        }) => {
            assert_eq!(retry_after, Some(Duration::from_secs(9)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(requests_to(&server, "/token").await, 1);
}

#[tokio::test]
async fn tokens_of_another_patient_are_refused() {
    let keeper = TestKeeper::default();
    let mut other = renewed();
    other["patient"] = json!("p2");
    let server = server(&keeper, ResponseTemplate::new(200).set_body_json(other)).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    let outcome = remote.fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::SignInNeeded)),
        "{outcome:?}"
    );
    assert!(keeper.kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_keychain_that_fails_does_not_stop_reading() {
    let keeper = TestKeeper {
        fails: true,
        ..TestKeeper::default()
    };
    let server = server(&keeper, good_renewal()).await;
    let remote = connect(info(&server.uri()), tokens(), &keeper, &TestClock::new());
    remote.fetch(path("Patient/p1")).await.unwrap();
}

#[tokio::test]
async fn both_tokens_are_revoked() {
    let server = MockServer::start().await;
    for token in [ACCESS, REFRESH] {
        Mock::given(method("POST"))
            .and(at("/revoke"))
            .and(body_string_contains(token))
            .respond_with(ResponseTemplate::new(200))
            .expect(1)
            .mount(&server)
            .await;
    }
    let backends = HttpBackends::new(options(), Arc::new(TestClock::new()));
    backends.revoke(info(&server.uri()), tokens()).await;
    server.verify().await;
    assert_eq!(request_ids(&server).await.len(), 2);
}

#[tokio::test]
async fn revoking_never_waits_long_and_needs_no_endpoint() {
    let server = RawServer::start(vec![Reply::Silence(Vec::new())]).await;
    let options = HttpOptions {
        revoke_limit: Duration::from_millis(50),
        ..options()
    };
    let backends = HttpBackends::new(options, Arc::new(TestClock::new()));
    let hung = backends.revoke(info(&server.origin), tokens());
    tokio::time::timeout(Duration::from_secs(5), hung)
        .await
        .unwrap();
    let none = BackendInfo {
        revocation_endpoint: None,
        ..info(&server.origin)
    };
    backends.revoke(none, tokens()).await;
    assert!(server.count() <= 2);
}

#[tokio::test]
async fn nothing_prints_a_token() {
    let keeper = TestKeeper::default();
    let backends = HttpBackends::new(options(), Arc::new(TestClock::new()));
    let remote = connect(
        info("http://127.0.0.1:9"),
        tokens(),
        &keeper,
        &TestClock::new(),
    );
    for text in [
        format!("{backends:?}"),
        format!("{remote:?}"),
        format!("{:?}", tokens()),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
}
