//! Writing.

use std::time::Duration;

use hale_core::ports::{Remote, RemoteError, Write};
use hale_remote::HttpOptions;
use wiremock::matchers::{body_string, header, method, path as at};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::raw::{RawServer, Reply, whole};
use crate::support::{ACCESS, booking, connect, connect_with, options};

#[tokio::test]
async fn a_booking_goes_out_with_its_headers_and_is_acknowledged() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(at("/fhir/Appointment"))
        .and(header("authorization", format!("Bearer {ACCESS}").as_str()))
        .and(header("content-type", "application/fhir+json"))
        .and(header("prefer", "return=representation"))
        .and(header(
            "if-none-exist",
            "identifier=https://tools.ietf.org/html/rfc4122|7",
        ))
        .and(header(
            "x-request-id",
            "00000000-0000-0000-0000-000000000007",
        ))
        .and(body_string(r#"{"resourceType":"Appointment"}"#))
        .respond_with(
            ResponseTemplate::new(201)
                .insert_header("location", "/fhir/Appointment/9/_history/1")
                .insert_header("etag", "W/\"1\"")
                .set_body_string("{}"),
        )
        .mount(&server)
        .await;
    let written = connect(&server.uri()).write(booking()).await.unwrap();
    assert_eq!(written.status, 201);
    assert_eq!(
        written.location.as_deref(),
        Some("/fhir/Appointment/9/_history/1")
    );
    assert_eq!(written.etag.as_deref(), Some("W/\"1\""));
    assert_eq!(written.body, b"{}");
}

#[tokio::test]
async fn a_change_names_the_version_that_it_changes() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(header("if-match", "W/\"3\""))
        .respond_with(ResponseTemplate::new(412))
        .mount(&server)
        .await;
    let write = Write {
        method: "PUT",
        path: "Appointment/9".to_owned(),
        if_match: Some("W/\"3\"".to_owned()),
        if_none_exist: None,
        ..booking()
    };
    let outcome = connect(&server.uri()).write(write).await;
    assert!(
        matches!(outcome, Err(RemoteError::Status { status: 412, .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_connection_lost_after_sending_is_no_answer_and_nothing_is_sent_again() {
    let server = RawServer::start(vec![Reply::Reset]).await;
    let outcome = connect(&server.origin).write(booking()).await;
    let is_open = matches!(
        outcome,
        Err(RemoteError::NoAnswer {
            timed_out: false,
            ..
        })
    );
    assert!(is_open, "the server may have booked it: {outcome:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_write_without_an_answer_in_time_is_not_sent_again() {
    let server = RawServer::start(vec![Reply::Silence(Vec::new())]).await;
    let options = HttpOptions {
        request_timeout: Duration::from_millis(100),
        ..options()
    };
    let outcome = connect_with(&server.origin, options).write(booking()).await;
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
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_is_cut_short_has_an_open_fate() {
    let cut = Reply::Bytes(b"HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{".to_vec());
    let server = RawServer::start(vec![cut]).await;
    let outcome = connect(&server.origin).write(booking()).await;
    assert!(
        matches!(outcome, Err(RemoteError::NoAnswer { .. })),
        "{outcome:?}"
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_passing_failure_of_a_write_is_not_sent_again() {
    for status in ["429 x", "503 x", "504 x"] {
        let server = RawServer::start(vec![whole(status, "Retry-After: 0\r\n", "")]).await;
        let outcome = connect(&server.origin).write(booking()).await;
        assert!(
            matches!(outcome, Err(RemoteError::Status { .. })),
            "{outcome:?}"
        );
        assert_eq!(server.count(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_write_is_never_redirected_nor_taken_as_acknowledged() {
    for status in ["301 x", "303 x", "307 x", "308 x", "304 x"] {
        let server = RawServer::start(vec![whole(status, "Location: /fhir/other\r\n", "")]).await;
        let outcome = connect(&server.origin).write(booking()).await;
        let is_refused = matches!(outcome, Err(RemoteError::UnreadableAnswer("status")));
        assert!(is_refused, "{status}: {outcome:?}");
        assert_eq!(server.count(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_write_without_a_connection_is_certainly_not_sent() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let outcome = connect(&origin).write(booking()).await;
    assert!(
        matches!(outcome, Err(RemoteError::NotConnected(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_header_cannot_carry_another_one() {
    let server = RawServer::start(vec![whole("200 OK", "", "")]).await;
    let write = Write {
        if_none_exist: Some("a\r\nX-Evil: 1".to_owned()),
        ..booking()
    };
    let outcome = connect(&server.origin).write(write).await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("header"))),
        "{outcome:?}"
    );
    assert_eq!(server.count(), 0);
}
