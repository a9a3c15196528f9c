//! Whatever is sent, no answer is a 5xx that no fault asked for, and the server goes on.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Cases, TestCaseError, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::*;
use crate::RunningMock;

const METHODS: [&str; 8] = [
    "GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD",
];

const KINDS: [&str; 22] = [
    "Patient",
    "Observation",
    "Condition",
    "DiagnosticReport",
    "MedicationRequest",
    "Appointment",
    "Slot",
    "Schedule",
    "Task",
    "Consent",
    "Communication",
    "QuestionnaireResponse",
    "HealthcareService",
    "Questionnaire",
    "Binary",
    "List",
    "Nothing",
    "metadata",
    ".well-known",
    "%FF",
    "%00",
    "%",
];

const IDS: [&str; 12] = [
    "p000001",
    "p000002",
    "p999999",
    "_search",
    "_history",
    "$everything",
    "..",
    "%2e%2e%2f",
    "%zz",
    "-262143-01-01",
    "brook-s1-+2621421230T0000",
    "brook-s1--2621430101T0000",
];

const NAMES: [&str; 27] = [
    "_count",
    "_offset",
    "_since",
    "_sort",
    "_page",
    "_include",
    "_include:iterate",
    "_elements",
    "_summary",
    "_id",
    "_lastUpdated",
    "patient",
    "patient:missing",
    "patient:identifier",
    "date",
    "start",
    "start",
    "status:not",
    "code",
    "name:exact",
    "schedule.actor",
    "identifier:of-type",
    "unknown",
    ":",
    "",
    "grant_type",
    "redirect_uri",
];

const VALUES: [&str; 34] = [
    "",
    "-1",
    "0",
    "1",
    "500",
    "99999999999999999999999",
    "18446744073709551615",
    "NaN",
    "p000001",
    "Patient/p000001",
    "https://elsewhere.example/Patient/p000001/_history/9",
    "ge",
    "zz2026",
    "2026-02-30",
    "2026-13",
    "9999",
    "-999",
    "0000-01-01",
    "ge+262142-12-31",
    "ge+262142-12-29",
    "lt-262143-01-02",
    "le-262143-01-01",
    "ge9999-12-31T23:59:60Z",
    "ge+262142-12-31T23:59-00:01",
    "ge2026-03-03T25:61:61+99:99",
    "%",
    "%FF%FE",
    "|",
    ",,,|,",
    "-date,,-,patient,-unknown",
    "Observation:result:Patient",
    "DiagnosticReport:result",
    "*",
    "X19jb3VudD0x",
];

const HEADERS: [(&str, &str); 20] = [
    ("Authorization", ""),
    ("Authorization", "Bearer"),
    ("Authorization", "Bearer  "),
    ("Authorization", "Basic aGFsZTpoYWxl"),
    ("Authorization", "Bearer \u{e9}"),
    ("Content-Type", ""),
    ("Content-Type", "application/json-patch+json"),
    ("Content-Type", "image/png; charset=\""),
    ("Accept", "application/pdf"),
    ("Accept", ";;;q=9"),
    ("Prefer", "handling=strict"),
    ("Prefer", "return=minimal, respond-async"),
    ("If-Match", "W/\"99999999999999999999999\""),
    ("If-Match", "*"),
    ("If-None-Match", "\"\",,W/\"1\""),
    ("If-None-Exist", "?_count=-1&start=lt-262143-01-02"),
    ("If-None-Exist", "%FF"),
    ("X-Request-ID", "\t"),
    ("Host", "a b:99999999"),
    ("Origin", "null"),
];

const BODIES: [&str; 22] = [
    "",
    "{",
    "null",
    "[]",
    "3e999999",
    "\"\\ud800\"",
    "\u{0}",
    "{\"resourceType\":\"Task\",\"focus\":[[]],\"status\":7,\"meta\":\"m\",\"id\":{}}",
    "{\"resourceType\":\"Appointment\",\"status\":\"booked\"}",
    "{\"resourceType\":\"Appointment\",\"status\":\"booked\",\"slot\":[{\"reference\":\"Slot/brook-s1--2621430101T0000\"}],\"participant\":[{\"actor\":{\"reference\":\"Patient/p000001\"}}],\"reasonCode\":[{\"text\":\"x\"}],\"start\":\"+262142-12-31T23:59:59Z\",\"end\":\"-262143-01-01T00:00:00Z\"}",
    "{\"resourceType\":\"Consent\",\"patient\":{\"reference\":\"Patient/p000001\"},\"dateTime\":\"0000\"}",
    "{\"resourceType\":\"Communication\",\"sent\":\"9999-12-31T23:59:60Z\",\"id\":\"../../x\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"p000001\",\"birthDate\":\"-262143-01-01\",\"meta\":[],\"identifier\":7,\"telecom\":{}}",
    "[{\"op\":\"add\",\"path\":\"\",\"value\":7}]",
    "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/meta\"}]",
    "[{\"op\":\"remove\",\"path\":\"/resourceType\"}]",
    "[{\"op\":\"add\",\"path\":\"/identifier/99999999999999999999\",\"value\":1}]",
    "[{\"op\":\"test\",\"path\":\"~2\",\"value\":{}}]",
    "grant_type=authorization_code&code=%FF&redirect_uri=&client_id=hale&code_verifier=x",
    "grant_type=refresh_token&refresh_token=x&client_id=hale&scope=",
    "persona=p999999%3A&client_id=hale&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback",
    "set=%2B262142-12-31T23%3A59%3A59Z&minutes=2147483647",
];

#[derive(Debug, Clone)]
struct Sent {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
}

fn sent() -> impl Strategy<Value = Sent> {
    let encoded =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let root = select(vec![
        "/fhir",
        "/fhir",
        "/fhir",
        "/fhir",
        "/auth",
        "/console/api",
        "/console/do",
        "",
    ]);
    let segment = prop_oneof![
        6 => select(KINDS.to_vec()).prop_map(str::to_owned),
        4 => select(IDS.to_vec()).prop_map(str::to_owned),
        1 => select(vec!["token", "choose", "authorize", "revoke", "clock", "faults", "lifetimes"])
            .prop_map(str::to_owned),
        1 => ".{0,8}".prop_map(move |text| encoded(&text)),
        1 => Just("x".repeat(3000)),
    ];
    let pair = (
        select(NAMES.to_vec()),
        prop_oneof![
            4 => select(VALUES.to_vec()).prop_map(str::to_owned),
            1 => ".{0,12}",
            1 => Just("1,".repeat(2000)),
        ],
        any::<bool>(),
    )
        .prop_map(move |(name, value, is_encoded)| {
            // Not encoded is how a careless client sends it, as far as ours lets it.
            let plain = format!("{name}={value}");
            let is_sent = hyper::Request::get(format!("/?{plain}")).body(()).is_ok();
            if is_encoded || !is_sent || value.contains('#') {
                format!("{name}={}", encoded(&value))
            } else {
                plain
            }
        });
    (
        select(METHODS.to_vec()),
        root,
        prop::collection::vec(segment, 0..4),
        prop::collection::vec(pair, 0..5),
        prop::collection::vec(select(HEADERS.to_vec()), 0..3),
        select(BODIES.to_vec()),
    )
        .prop_map(|(method, root, segments, pairs, headers, body)| {
            let mut target = format!("{root}/{}", segments.join("/"));
            if !pairs.is_empty() {
                target.push('?');
                target.push_str(&pairs.join("&"));
            }
            Sent {
                method,
                target,
                headers,
                body: body.to_owned(),
            }
        })
}

async fn answer_to(mock: &RunningMock, token: &str, sent: &Sent) -> Result<u16, String> {
    let bearer = format!("Bearer {token}");
    let mut headers = sent.headers.clone();
    if !headers.iter().any(|header| header.0 == "Authorization") {
        headers.push(("Authorization", &bearer));
    }
    let answer = send(mock, sent.method, &sent.target, &headers, sent.body.clone()).await?;
    Ok(answer.status)
}

fn check(
    runtime: &tokio::runtime::Runtime,
    mock: &RunningMock,
    token: &str,
    sent: &Sent,
) -> Result<(), String> {
    match runtime.block_on(answer_to(mock, token, sent)) {
        Ok(status) if status < 500 => Ok(()),
        Ok(status) => Err(format!("answered {status}")),
        Err(why) => Err(format!("no answer: {why}")),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

async fn token_of(mock: &RunningMock, persona: &str) -> String {
    let client = Client::of(mock, persona).await;
    client.grant["access_token"].as_str().unwrap().to_owned()
}

/// What a request may have changed for all others.
fn put_right(mock: &RunningMock) {
    mock.faults().clear();
    mock.clock().set(NOW.parse().unwrap());
    mock.smart().set_lifetimes(crate::Lifetimes::default());
}

#[test]
fn no_request_brings_an_error_of_the_server() {
    let runtime = runtime();
    let mock = runtime.block_on(mock());
    let token = runtime.block_on(token_of(&mock, "full"));
    let cases = Cases {
        cases: 400,
        failure_persistence: None,
        ..Cases::default()
    };
    TestRunner::new(cases)
        .run(&sent(), |sent| {
            put_right(&mock);
            let token = if mock.smart().open_sessions() == 0 {
                runtime.block_on(token_of(&mock, "full"))
            } else {
                token.clone()
            };
            check(&runtime, &mock, &token, &sent).map_err(TestCaseError::fail)
        })
        .unwrap();
}

#[test]
fn what_is_known_to_be_hard_brings_none_either() {
    let runtime = runtime();
    let mock = runtime.block_on(mock());
    let token = runtime.block_on(token_of(&mock, "full"));
    let targets = KINDS
        .iter()
        .flat_map(|kind| {
            NAMES.iter().flat_map(move |name| {
                VALUES
                    .iter()
                    .map(move |value| format!("/fhir/{kind}?{name}={value}"))
            })
        })
        // Each value for each parameter would take minutes; these are spread over all of them.
        .step_by(67)
        .chain(["start", "date", "_lastUpdated"].iter().flat_map(|name| {
            VALUES
                .iter()
                .map(move |value| format!("/fhir/Slot?{name}={}", value.replace('+', "%2B")))
        }))
        .chain(IDS.iter().map(|id| format!("/fhir/Slot/{id}")))
        .chain(IDS.iter().map(|id| format!("/fhir/Slot?_id={id}")));
    for target in targets {
        let sent = Sent {
            method: "GET",
            target,
            headers: Vec::new(),
            body: String::new(),
        };
        if let Err(why) = check(&runtime, &mock, &token, &sent) {
            panic!("{sent:?}: {why}");
        }
    }
}

#[tokio::test]
async fn every_resource_can_be_read_by_its_id_however_old() {
    let mock = mock().await;
    for persona in ["full", "withheld", "child"] {
        let client = Client::of(&mock, persona).await;
        for resource in client.search("Patient/{}/$everything?_count=500").await {
            let path = format!(
                "{}/{}",
                resource["resourceType"].as_str().unwrap(),
                resource["id"].as_str().unwrap()
            );
            assert_eq!(client.get(&path).await.status, 200, "{path}");
        }
    }
    let long = Client::of(&mock, "long").await;
    let conditions = long.search("Condition?_sort=_lastUpdated&_count=500").await;
    let oldest = conditions.first().expect("a problem")["id"]
        .as_str()
        .unwrap();
    let answer = long.get(&format!("Condition/{oldest}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
}

#[tokio::test]
async fn a_clock_set_to_no_sensible_time_is_refused() {
    let mock = mock().await;
    let headers = [("Content-Type", "application/json")];
    for change in [
        "{\"set\":\"+262142-12-31T23:59:59Z\"}",
        "{\"set\":\"-262143-01-01T00:00:00Z\"}",
        "{\"set\":\"1969-12-31T23:59:59Z\"}",
        "{\"set\":\"9999-12-31T23:59:59Z\"}",
    ] {
        let answer = send(&mock, "PUT", "/console/api/clock", &headers, change)
            .await
            .unwrap();
        assert_eq!(answer.status, 422, "{change}");
    }
    for _ in 0..200 {
        let change = format!("{{\"advance_seconds\":{}}}", i32::MAX);
        let answer = send(&mock, "PUT", "/console/api/clock", &headers, change)
            .await
            .unwrap();
        assert!([200, 422].contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(
        Client::of(&mock, "full").await.get("Slot").await.status,
        200
    );
}

#[tokio::test]
async fn what_nests_or_doubles_without_end_is_refused() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    for depth in [120, 200, 100_000] {
        let body = format!(
            "{{\"resourceType\":\"Communication\",\"extension\":{}{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        let answer = client.try_send("POST", "Communication", &[], &body).await;
        let status = answer.unwrap().status;
        assert!([400, 422].contains(&status), "{depth} deep: {status}");
    }
    let message = serde_json::json!({ "resourceType": "Communication", "status": "completed" });
    let made = client.post("Communication", &message, &[]).await.json();
    let path = format!("Communication/{}", made["id"].as_str().unwrap());
    let doubling =
        |at: usize| format!("{{\"op\":\"copy\",\"from\":\"\",\"path\":\"/extension{at}\"}}");
    let deeper = |at: usize| {
        format!(
            "{{\"op\":\"add\",\"path\":\"{}\",\"value\":{}{}}}",
            "/a".repeat(at * 100 + 1),
            "{\"a\":".repeat(100),
            format_args!("{{}}{}", "}".repeat(100))
        )
    };
    let patches = [
        (0..40).map(doubling).collect::<Vec<_>>().join(","),
        (0..200).map(deeper).collect::<Vec<_>>().join(","),
    ];
    for patch in patches {
        let headers = [("Content-Type", "application/json-patch+json")];
        let answer = client
            .try_send("PATCH", &path, &headers, &format!("[{patch}]"))
            .await
            .unwrap();
        assert_eq!(answer.status, 422, "{}", answer.json());
    }
    assert_eq!(client.get(&path).await.json(), made, "nothing was changed");
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_and_the_server_goes_on() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    for target in ["Communication", "Patient/_search"] {
        let body = " ".repeat(10 * 1024 * 1024);
        // The server may answer and hang up before it was all sent.
        if let Ok(answer) = client.try_send("POST", target, &[], &body).await {
            assert_eq!(answer.status, 413);
        }
        assert_eq!(client.get("Patient/{}").await.status, 200);
    }
}

#[tokio::test]
async fn nonsense_instead_of_http_ends_its_own_connection_alone() {
    let mock = mock().await;
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET /fhir/metadata HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /fhir/Task HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /fhir/Task HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /fhir/metadata HTTP/1.1\r\nHost: \xff\r\nPrefer: \xff\r\nConnection: close\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(mock.address())
            .await
            .unwrap();
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // How it ends is the server's choice.
        drop(stream.read_to_end(&mut answer).await);
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{nonsense:?}");
    }
    let answer = send(&mock, "GET", "/fhir/metadata", &[], "").await.unwrap();
    assert_eq!(answer.status, 200);
}
