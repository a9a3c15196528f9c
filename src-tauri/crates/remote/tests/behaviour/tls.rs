//! Certificates.

use std::sync::Arc;

use hale_core::ports::{Backends, DiscoveryError, Remote, RemoteError};
use hale_remote::HttpOptions;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wiremock::MockServer;

use crate::support::raw::{Reply, answer, request, whole};
use crate::support::{backends, booking, connect_with, options, path};

/// An HTTPS server with a certificate of its own for `name`; gives its origin under `localhost` and
/// the certificate.
async fn https(name: &str, reply: Reply) -> (String, Vec<u8>) {
    hale_remote::install_crypto();
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, reply) = (acceptor.clone(), reply.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                if request(&mut stream).await.is_some() {
                    answer(&mut stream, reply).await;
                }
            });
        }
    });
    (origin, certificate.to_vec())
}

fn trusting(certificate: Vec<u8>) -> HttpOptions {
    HttpOptions {
        extra_roots: vec![certificate],
        ..options()
    }
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted() {
    let (origin, certificate) = https("localhost", whole("200 OK", "", "{}")).await;
    let remote = connect_with(&origin, trusting(certificate));
    assert_eq!(remote.fetch(path("Patient/p1")).await.unwrap().body, b"{}");
}

#[tokio::test]
async fn an_untrusted_certificate_is_its_own_error() {
    let (origin, _) = https("localhost", whole("200 OK", "", "{}")).await;
    let outcome = backends(options()).discover(origin.clone()).await;
    assert!(
        matches!(outcome, Err(DiscoveryError::BadCertificate)),
        "{outcome:?}"
    );
    let remote = connect_with(&origin, options());
    let outcome = remote.fetch(path("Patient/p1")).await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("certificate"))),
        "{outcome:?}"
    );
    let outcome = remote.write(booking()).await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("certificate"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (origin, certificate) = https("other.example.org", whole("200 OK", "", "{}")).await;
    let outcome = connect_with(&origin, trusting(certificate))
        .fetch(path("Patient/p1"))
        .await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("certificate"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_refused() {
    let plain = MockServer::start().await;
    let location = format!("Location: {}/fhir/Patient/p1\r\n", plain.uri());
    let (origin, certificate) = https("localhost", whole("301 Moved", &location, "")).await;
    let outcome = connect_with(&origin, trusting(certificate))
        .fetch(path("Patient/p1"))
        .await;
    assert!(
        matches!(outcome, Err(RemoteError::Unsafe("redirect"))),
        "{outcome:?}"
    );
    assert!(plain.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_on_an_https_address_is_not_connected() {
    let plain = MockServer::start().await;
    let origin = plain.uri().replace("http://", "https://");
    let outcome = connect_with(&origin, options()).write(booking()).await;
    assert!(
        matches!(outcome, Err(RemoteError::NotConnected(_))),
        "{outcome:?}"
    );
}
