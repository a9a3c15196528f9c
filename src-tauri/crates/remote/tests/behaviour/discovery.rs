//! Looking at an address.

use hale_core::ports::{BackendInfo, Backends, DiscoveryError};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::raw::{RawServer, Reply, whole};
use crate::support::{all_text, backends, options, request_ids};

fn statement() -> Value {
    json!({
        "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "experimental": false,
        "software": {"name": " Example Record Server "},
        "rest": [{"mode": "server", "resource": [
            {"type": "Slot", "interaction": [{"code": "read"}, {"code": "search-type"}]},
            {"type": "Appointment", "operation": [{"name": "book"}, {"odd": 1}]},
        ]}],
    })
}

fn smart(origin: &str) -> Value {
    json!({
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "revocation_endpoint": format!("{origin}/revoke"),
        "issuer": origin, "jwks_uri": format!("{origin}/jwks"),
        "capabilities": ["launch-standalone", "client-public", "permission-v2"],
        "code_challenge_methods_supported": ["S256"],
    })
}

async fn serve(metadata: ResponseTemplate, smart: impl Fn(&str) -> ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/fhir/metadata"))
        .and(header("accept", "application/fhir+json"))
        .respond_with(metadata)
        .mount(&server)
        .await;
    Mock::given(path("/fhir/.well-known/smart-configuration"))
        .respond_with(smart(&server.uri()))
        .mount(&server)
        .await;
    server
}

fn ok(json: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json)
}

async fn look(server: &MockServer) -> Result<BackendInfo, DiscoveryError> {
    backends(options())
        .discover(format!("{}/fhir/", server.uri()))
        .await
}

#[tokio::test]
async fn a_good_server_is_described() {
    let server = serve(ok(&statement()), |origin| ok(&smart(origin))).await;
    let info = look(&server).await.unwrap();
    assert_eq!(info.base_url, format!("{}/fhir", server.uri()));
    assert_eq!(info.name, "Example Record Server");
    assert_eq!(info.fhir_version.as_deref(), Some("4.0.1"));
    assert_eq!(info.token_endpoint, format!("{}/token", server.uri()));
    assert_eq!(
        info.interactions,
        ["Slot:read", "Slot:search-type", "Appointment:$book"]
    );
    assert!(info.may_offer("Slot", "search-type") && !info.may_offer("Slot", "delete"));
    assert!(
        info.is_test,
        "a server on this device is nobody's real record"
    );
    for request in server.received_requests().await.unwrap() {
        assert!(
            !request.headers.contains_key("authorization"),
            "looking needs no token"
        );
    }
}

#[tokio::test]
async fn a_server_without_metadata_is_taken_on_its_sign_in_alone() {
    for status in [404, 405, 501] {
        let server = serve(ResponseTemplate::new(status), |origin| ok(&smart(origin))).await;
        let info = look(&server).await.unwrap();
        assert_eq!(info.fhir_version, None);
        assert!(info.interactions.is_empty());
        assert!(
            info.may_offer("Slot", "search-type"),
            "unknown means: offer"
        );
        assert_eq!(info.name, "127.0.0.1");
    }
}

#[tokio::test]
async fn another_version_of_fhir_is_named() {
    for (kind, version, expected) in [
        ("CapabilityStatement", "3.0.2", "3.0.2"),
        ("CapabilityStatement", "4.3.0", "4.3.0"),
        ("CapabilityStatement", "5.0.0", "5.0.0"),
        ("Conformance", "1.0.2", "1.0.2"),
        ("CapabilityStatement", "<b>9", "b9"),
    ] {
        let metadata = json!({"resourceType": kind, "fhirVersion": version});
        let server = serve(ok(&metadata), |origin| ok(&smart(origin))).await;
        match look(&server).await {
            Err(DiscoveryError::WrongVersion { found }) => assert_eq!(found, expected),
            other => panic!("{version}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn looking_names_its_requests() {
    let server = serve(ok(&statement()), |origin| ok(&smart(origin))).await;
    look(&server).await.unwrap();
    assert_eq!(request_ids(&server).await.len(), 2);
}

#[tokio::test]
async fn what_is_not_fhir_is_said_to_be_so() {
    let html = ResponseTemplate::new(200).set_body_raw("<html>Hello</html>", "text/html");
    let other = ok(&json!({"resourceType": "Patient"}));
    for metadata in [html, other, ResponseTemplate::new(400)] {
        let server = serve(metadata, |origin| ok(&smart(origin))).await;
        assert!(matches!(look(&server).await, Err(DiscoveryError::NotFhir)));
    }
    let neither = serve(ResponseTemplate::new(404), |_| ResponseTemplate::new(404)).await;
    assert!(matches!(look(&neither).await, Err(DiscoveryError::NotFhir)));
}

#[tokio::test]
async fn a_server_without_a_safe_sign_in_is_refused() {
    let altered = |key: &'static str, value: Value| {
        move |origin: &str| {
            let mut smart = smart(origin);
            smart[key] = value.clone();
            ok(&smart)
        }
    };
    for (key, value) in [
        ("code_challenge_methods_supported", json!(["plain"])),
        ("code_challenge_methods_supported", json!([])),
        ("authorization_endpoint", json!(null)),
        (
            "token_endpoint",
            json!("http://elsewhere.example.org/token"),
        ),
        ("authorization_endpoint", json!("javascript:alert(1)")),
    ] {
        let server = serve(ok(&statement()), altered(key, value.clone())).await;
        let outcome = look(&server).await;
        assert!(
            matches!(outcome, Err(DiscoveryError::NoSmart)),
            "{key} {value}: {outcome:?}"
        );
    }
    let none = serve(ok(&statement()), |_| ResponseTemplate::new(404)).await;
    assert!(matches!(look(&none).await, Err(DiscoveryError::NoSmart)));
}

#[tokio::test]
async fn missing_capabilities_are_recorded_and_tolerated() {
    let server = serve(ok(&statement()), |origin| {
        let mut smart = smart(origin);
        smart.as_object_mut().unwrap().remove("capabilities");
        smart["revocation_endpoint"] = json!("http://elsewhere.example.org/revoke");
        ok(&smart)
    })
    .await;
    let info = look(&server).await.unwrap();
    assert!(info.capabilities.is_empty());
    assert_eq!(
        info.revocation_endpoint, None,
        "an unsafe address is dropped"
    );
}

#[tokio::test]
async fn a_failing_server_is_told_from_an_absent_one() {
    let metadata = serve(ResponseTemplate::new(503), |origin| ok(&smart(origin))).await;
    assert!(matches!(
        look(&metadata).await,
        Err(DiscoveryError::ServerFault(503))
    ));
    let sign_in = serve(ok(&statement()), |_| ResponseTemplate::new(500)).await;
    assert!(matches!(
        look(&sign_in).await,
        Err(DiscoveryError::ServerFault(500))
    ));
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/fhir?", closed.local_addr().unwrap()).replace('?', "");
    drop(closed);
    let outcome = backends(options())
        .discover(address.clone())
        .await
        .unwrap_err();
    assert!(
        matches!(outcome, DiscoveryError::Unreachable(_)),
        "{outcome:?}"
    );
    assert!(
        !all_text(&outcome).contains("/fhir"),
        "an error holds no address"
    );
}

#[tokio::test]
async fn an_unusable_address_sends_nothing() {
    for typed in ["", "not an address", "ftp://x/"] {
        let outcome = backends(options()).discover(typed.to_owned()).await;
        assert!(
            matches!(outcome, Err(DiscoveryError::BadAddress)),
            "{typed:?}"
        );
    }
    let plain = backends(options())
        .discover("http://fhir.example.org".to_owned())
        .await;
    assert!(matches!(plain, Err(DiscoveryError::PlainHttp)), "{plain:?}");
}

#[tokio::test]
async fn a_redirect_to_another_place_is_not_followed() {
    let target = MockServer::start().await;
    let elsewhere = format!("Location: {}/fhir/metadata\r\n", target.uri());
    let server = RawServer::start(vec![whole("302 Found", &elsewhere, "")]).await;
    let outcome = backends(options()).discover(server.origin.clone()).await;
    assert!(
        matches!(outcome, Err(DiscoveryError::NotFhir)),
        "{outcome:?}"
    );
    assert!(target.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lost_connection_reads_as_unreachable() {
    let server = RawServer::start(vec![Reply::Reset]).await;
    let outcome = backends(options()).discover(server.origin.clone()).await;
    assert!(
        matches!(outcome, Err(DiscoveryError::Unreachable(_))),
        "{outcome:?}"
    );
}
