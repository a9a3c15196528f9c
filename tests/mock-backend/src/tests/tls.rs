//! TLS, for phones that refuse anything else.

use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio_rustls::TlsConnector;

use crate::{Config, MockBackend, RunningMock};

#[tokio::test]
async fn its_own_authority_is_enough_to_trust_it() {
    let mock = MockBackend::start(Config {
        tls: true,
        ..Config::default()
    })
    .await
    .unwrap();
    assert_eq!(mock.fhir_base().scheme(), "https");
    let pem = mock.authority_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert_eq!(mock.fingerprint().unwrap().len(), 32 * 3 - 1);
    let stream = tokio::net::TcpStream::connect(mock.address())
        .await
        .unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = connector(&mock).connect(name, stream).await.unwrap();
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

#[tokio::test]
async fn the_certificate_names_every_address_that_leads_here() {
    let mock = MockBackend::start(Config {
        tls: true,
        bind: "0.0.0.0:0".parse().unwrap(),
        ..Config::default()
    })
    .await
    .unwrap();
    let bases = mock.fhir_bases();
    assert!(bases.len() >= 2, "this machine and the emulator: {bases:?}");
    let hosts = bases.iter().map(|(_, base)| base.host_str().unwrap());
    for host in hosts.chain(["localhost"]) {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", mock.address().port()))
            .await
            .unwrap();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let trusted = connector(&mock).connect(name, stream).await;
        assert!(trusted.is_ok(), "{host}: {:?}", trusted.err());
    }
}

/// A client that trusts the authority of this server alone.
fn connector(mock: &RunningMock) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(mock.authority().unwrap().to_vec()))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
