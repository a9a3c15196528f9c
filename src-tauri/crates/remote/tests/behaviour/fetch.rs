//! Reading.

use std::io::Write as _;
use std::time::{Duration, Instant};

use hale_core::ports::{Fetch, Remote, RemoteError, Target};
use hale_remote::HttpOptions;
use wiremock::matchers::{header, method, path as at, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::raw::{RawServer, Reply, whole};
use crate::support::{ACCESS, all_text, connect, connect_with, next, options, path};

async fn answering(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(status))
        .mount(&server)
        .await;
    server
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_search_goes_out_with_its_headers_and_comes_back_whole() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(at("/fhir/Condition"))
        .and(query_param("patient", "p1"))
        .and(header("authorization", format!("Bearer {ACCESS}").as_str()))
        .and(header("accept", "application/fhir+json"))
        .and(header("prefer", "handling=strict"))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("etag", "W/\"3\"")
                .insert_header("date", "Mon, 05 Jan 2026 14:29:58 GMT")
                .set_body_string("{}"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let fetched = connect(&server.uri())
        .fetch(path("Condition?patient=p1"))
        .await
        .unwrap();
    assert_eq!(
        (fetched.status, fetched.body.as_slice()),
        (200, b"{}".as_slice())
    );
    assert_eq!(fetched.etag.as_deref(), Some("W/\"3\""));
    let date = fetched.server_date.map(|date| date.to_rfc3339());
    assert_eq!(date.as_deref(), Some("2026-01-05T14:29:58+00:00"));
    let request = &server.received_requests().await.unwrap()[0];
    let agent = request.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("Hale/0."), "{agent}");
    let id = request.headers["x-request-id"].to_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 4);
}

#[tokio::test]
async fn reading_one_resource_is_no_search() {
    let server = answering(200).await;
    connect(&server.uri())
        .fetch(path("Patient/p1"))
        .await
        .unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    assert!(!request.headers.contains_key("prefer"));
}

#[tokio::test]
async fn an_unchanged_resource_is_told_as_such() {
    let server = MockServer::start().await;
    Mock::given(header("if-none-match", "W/\"3\""))
        .respond_with(ResponseTemplate::new(304))
        .mount(&server)
        .await;
    let target = Target::Path("Patient/p1".to_owned());
    let fetch = Fetch {
        target,
        if_none_match: Some("W/\"3\"".to_owned()),
    };
    assert_eq!(
        connect(&server.uri()).fetch(fetch).await.unwrap().status,
        304
    );
}

#[tokio::test]
async fn a_partial_success_and_an_empty_answer_are_answers() {
    let server = answering(207).await;
    let fetched = connect(&server.uri())
        .fetch(path("Condition?patient=p1"))
        .await
        .unwrap();
    assert_eq!((fetched.status, fetched.body.len()), (207, 0));
}

#[tokio::test]
async fn a_next_link_is_followed_as_it_is_written() {
    let server = RawServer::start(vec![whole("200 OK", "", "{}")]).await;
    let query = "/fhir?_getpages=a%2Fb&x=%7C&y=a|b";
    connect(&server.origin)
        .fetch(next(&format!("{}{query}", server.origin)))
        .await
        .unwrap();
    let request = server.seen.lock().unwrap()[0].clone();
    assert!(
        request.starts_with(&format!("GET {query} HTTP/1.1\r\n")),
        "{request}"
    );
}

#[tokio::test]
async fn a_next_link_to_another_origin_is_refused_and_gets_no_token() {
    let other = answering(200).await;
    let server = answering(200).await;
    let port = server.address().port();
    for link in [
        format!("{}/fhir?page=2", other.uri()),
        format!("https://127.0.0.1:{port}/fhir?page=2"),
        format!("http://localhost:{port}/fhir?page=2"),
        format!("http://evil@127.0.0.1:{port}/fhir?page=2"),
        format!("//127.0.0.1:{}/fhir", other.address().port()),
        "https://evil.example.org/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let outcome = connect(&server.uri()).fetch(next(&link)).await;
        assert!(
            matches!(outcome, Err(RemoteError::Unsafe("next link"))),
            "{link}: {outcome:?}"
        );
    }
    assert!(other.received_requests().await.unwrap().is_empty());
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_path_that_leaves_the_base_is_refused() {
    let server = answering(200).await;
    let outcome = connect(&server.uri()).fetch(path("../admin")).await;
    assert!(matches!(outcome, Err(RemoteError::Unsafe("path"))));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn plain_http_beyond_this_device_is_refused() {
    let outcome = connect("http://fhir.example.org")
        .fetch(path("Patient/p1"))
        .await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("address"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed() {
    let server = RawServer::start(vec![
        whole(
            "307 Temporary Redirect",
            "Location: /elsewhere?x=1\r\nConnection: close\r\n",
            "",
        ),
        whole("200 OK", "", "{}"),
    ])
    .await;
    let fetched = connect(&server.origin)
        .fetch(path("Patient/p1"))
        .await
        .unwrap();
    assert_eq!(fetched.body, b"{}");
    assert!(server.seen.lock().unwrap()[1].starts_with("GET /elsewhere?x=1 "));
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_refused_and_gets_no_token() {
    let other = answering(200).await;
    let location = format!("Location: {}/fhir/Patient/p1\r\n", other.uri());
    let server = RawServer::start(vec![whole("302 Found", &location, "")]).await;
    let outcome = connect(&server.origin).fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("redirect"))),
        "{outcome:?}"
    );
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let server = RawServer::start(vec![whole(
        "301 Moved",
        "Location: /a\r\nConnection: close\r\n",
        "",
    )]);
    let server = server.await;
    let outcome = connect(&server.origin).fetch(path("Patient/p1")).await;
    assert!(matches!(
        outcome,
        Err(RemoteError::UnreadableAnswer("too many redirects"))
    ));
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_body_of_100_mb_is_refused_by_its_announcement() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n".to_vec();
    let server = RawServer::start(vec![Reply::Endless(head, vec![b'x'; 65_536])]).await;
    let outcome = connect(&server.origin).fetch(path("Binary/b")).await;
    assert!(
        matches!(outcome, Err(RemoteError::UnreadableAnswer("too large"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_endless_body_is_refused_by_its_size() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let server = RawServer::start(vec![Reply::Endless(head, vec![b'x'; 65_536])]).await;
    let outcome = connect(&server.origin).fetch(path("Binary/b")).await;
    assert!(
        matches!(outcome, Err(RemoteError::UnreadableAnswer("too large"))),
        "{outcome:?}"
    );
    assert_eq!(
        server.count(),
        1,
        "what is too large once is not asked for again"
    );
}

#[tokio::test]
async fn a_gzip_bomb_is_counted_after_unpacking() {
    let packed = gzip(&vec![b' '; 40 * 1024 * 1024]);
    assert!(
        packed.len() < 100_000,
        "small on the wire: {}",
        packed.len()
    );
    let server = MockServer::start().await;
    let bomb = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(packed);
    Mock::given(method("GET"))
        .respond_with(bomb)
        .mount(&server)
        .await;
    let outcome = connect(&server.uri())
        .fetch(path("Condition?patient=p1"))
        .await;
    assert!(
        matches!(outcome, Err(RemoteError::UnreadableAnswer("too large"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    let server = MockServer::start().await;
    let packed = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(gzip(b"{\"a\":1}"));
    Mock::given(method("GET"))
        .respond_with(packed)
        .mount(&server)
        .await;
    let fetched = connect(&server.uri())
        .fetch(path("Patient/p1"))
        .await
        .unwrap();
    assert_eq!(fetched.body, b"{\"a\":1}");
}

#[tokio::test]
async fn a_body_cut_short_is_asked_for_again_and_then_reported() {
    let cut = Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec());
    let server = RawServer::start(vec![cut.clone(), whole("200 OK", "", "{}")]).await;
    assert_eq!(
        connect(&server.origin)
            .fetch(path("Patient/p1"))
            .await
            .unwrap()
            .body,
        b"{}"
    );
    let server = RawServer::start(vec![cut]).await;
    let outcome = connect(&server.origin).fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::UnreadableAnswer("cut short"))),
        "{outcome:?}"
    );
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_by_the_time_limit() {
    let server = RawServer::start(vec![Reply::Silence(Vec::new())]).await;
    let options = HttpOptions {
        request_timeout: Duration::from_millis(100),
        ..options()
    };
    let outcome = connect_with(&server.origin, options)
        .fetch(path("Patient/p1"))
        .await;
    assert!(
        matches!(
            outcome,
            Err(RemoteError::NoAnswer {
                timed_out: true,
                ..
            })
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_body_that_never_ends_ends_by_the_time_limit() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".to_vec();
    let server = RawServer::start(vec![Reply::Silence(head)]).await;
    let options = HttpOptions {
        request_timeout: Duration::from_millis(100),
        ..options()
    };
    let outcome = connect_with(&server.origin, options)
        .fetch(path("Patient/p1"))
        .await;
    assert!(
        matches!(
            outcome,
            Err(RemoteError::NoAnswer {
                timed_out: true,
                ..
            })
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refused_connection_is_certainly_not_sent() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let error = connect(&origin)
        .fetch(path("Condition?patient=p1"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, RemoteError::NotConnected(Some(_))),
        "{error:?}"
    );
    let text = all_text(&error);
    assert!(
        !text.contains("patient=p1") && !text.contains(ACCESS),
        "{text}"
    );
}

#[tokio::test]
async fn a_passing_failure_is_asked_again_under_the_same_request_id() {
    for status in ["408 x", "429 x", "502 x", "503 x", "504 x"] {
        let server = RawServer::start(vec![
            whole(status, "Connection: close\r\n", ""),
            Reply::Reset,
            whole("200 OK", "", "{}"),
        ])
        .await;
        let fetched = connect(&server.origin)
            .fetch(path("Condition?patient=p1"))
            .await
            .unwrap();
        assert_eq!(fetched.body, b"{}", "{status}");
        let ids: Vec<String> = server
            .seen
            .lock()
            .unwrap()
            .iter()
            .map(|request| {
                let line = request
                    .lines()
                    .find(|line| line.starts_with("x-request-id"));
                line.unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| id == &ids[0]), "one request, one id");
    }
}

#[tokio::test]
async fn a_lasting_failure_is_not_asked_again() {
    for status in [400, 403, 404, 409, 410, 422, 461, 500, 501] {
        let server = answering(status).await;
        let outcome = connect(&server.uri())
            .fetch(path("Condition?patient=p1"))
            .await;
        match outcome {
            Err(RemoteError::Status { status: found, .. }) => assert_eq!(found, status),
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(
            server.received_requests().await.unwrap().len(),
            1,
            "{status}"
        );
    }
}

#[tokio::test]
async fn asking_again_ends_after_three_attempts() {
    let server = answering(503).await;
    let outcome = connect(&server.uri())
        .fetch(path("Condition?patient=p1"))
        .await;
    assert!(matches!(
        outcome,
        Err(RemoteError::Status { status: 503, .. })
    ));
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_wait_that_the_server_asks_for_is_kept() {
    let server = RawServer::start(vec![
        whole(
            "429 Too Many Requests",
            "Retry-After: 1\r\nConnection: close\r\n",
            "",
        ),
        whole("200 OK", "", "{}"),
    ])
    .await;
    let start = Instant::now();
    connect(&server.origin)
        .fetch(path("Condition?patient=p1"))
        .await
        .unwrap();
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_wait_beyond_the_limit_is_handed_over_in_both_forms() {
    for (header, seconds) in [
        ("Retry-After: 120\r\n", 120),
        (
            "Date: Mon, 05 Jan 2026 10:00:00 GMT\r\nRetry-After: Mon, 05 Jan 2026 10:02:00 GMT\r\n",
            120,
        ),
        // Without the server's date the device's own clock, 2:30pm in these tests, counts.
        ("Retry-After: Mon, 05 Jan 2026 14:31:00 GMT\r\n", 60),
    ] {
        let server = RawServer::start(vec![whole("503 Busy", header, "")]).await;
        match connect(&server.origin)
            .fetch(path("Condition?patient=p1"))
            .await
        {
            Err(RemoteError::Status {
                status: 503,
                retry_after,
                ..
            }) => {
                assert_eq!(retry_after, Some(Duration::from_secs(seconds)));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(server.count(), 1, "asking earlier than told is rude");
    }
}

#[tokio::test]
async fn the_body_of_an_error_is_kept_up_to_64_kb() {
    let server = MockServer::start().await;
    let long = ResponseTemplate::new(400).set_body_string("x".repeat(200_000));
    Mock::given(method("GET"))
        .respond_with(long)
        .mount(&server)
        .await;
    match connect(&server.uri())
        .fetch(path("Condition?patient=p1"))
        .await
    {
        Err(RemoteError::Status {
            status: 400, body, ..
        }) => assert_eq!(body.len(), 65_536),
        other => panic!("{other:?}"),
    }
}
