//! TLS, for phones that refuse anything else.

use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio_rustls::TlsConnector;

use crate::{Config, MockBackend};

#[tokio::test]
async fn its_own_certificate_is_enough_to_trust_it() {
    let mock = MockBackend::start(Config {
        tls: true,
        ..Config::default()
    })
    .await
    .unwrap();
    assert_eq!(mock.fhir_base().scheme(), "https");
    assert_eq!(mock.fingerprint().unwrap().len(), 32 * 3 - 1);
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(mock.certificate().unwrap().to_vec()))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(mock.address())
        .await
        .unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get("/fhir/.well-known/smart-configuration")
        .header("Host", "10.0.2.2:8780")
        .body(Body::empty())
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    driver.abort();
    let smart: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        smart["token_endpoint"], "https://10.0.2.2:8780/auth/token",
        "links follow the address by which the phone knows it"
    );
}
