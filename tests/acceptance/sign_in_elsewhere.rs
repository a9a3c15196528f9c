//! The journey against a login that is not ours: npm oidc-provider in front of the same FHIR routes.

use std::path::Path;
use std::process::Stdio;

use hale_contracts::account::SessionView;
use hale_contracts::appointments::BookingOutcomeView;
use hale_support::{TestApp, Visitor};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::appointments::{first_free, held, request};

/// The provider; it ends when this is dropped.
struct Provider {
    child: Child,
    input: ChildStdin,
    said: UnboundedReceiver<Value>,
}

impl Provider {
    /// Starts it in front of a FHIR server; gives the base to use.
    async fn start(upstream: &str, token: &str, patient: &str) -> (Self, String) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../login");
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .args([upstream, token, patient])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let input = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (say, said) = unbounded_channel();
        // Read to the end, whoever listens: a closed pipe would end the provider.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(line) = serde_json::from_str(&line) {
                    drop(say.send(line));
                }
            }
        });
        let mut provider = Self { child, input, said };
        let base = provider.next("base").await;
        (provider, base.as_str().unwrap().to_owned())
    }

    /// What it says next, which must be of this kind.
    async fn next(&mut self, kind: &str) -> Value {
        let line = self
            .said
            .recv()
            .await
            .expect("the provider goes on: are its packages installed?");
        assert!(!line[kind].is_null(), "not {kind}: {line}");
        line[kind].clone()
    }

    /// The next grant: its type, and whether the refresh token was changed.
    async fn next_grant(&mut self) -> (String, bool) {
        let line = self.said.recv().await.expect("the provider goes on");
        let kind = line["granted"].as_str();
        let kind = kind.unwrap_or_else(|| panic!("no grant: {line}"));
        (kind.to_owned(), line["rotated"].as_bool().unwrap())
    }

    /// Ends every access token that was used.
    async fn expire(&mut self) {
        self.input.write_all(b"expire\n").await.unwrap();
        assert_eq!(self.next("expired").await, 1, "one token is in use");
    }

    async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// A browser: it keeps cookies and follows redirects, the last one to the app.
fn visitor() -> Visitor {
    Visitor::new(|address| async move {
        let browser = reqwest::Client::builder().cookie_store(true).build().ok()?;
        browser.get(address).send().await.ok()?;
        None
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_works_against_a_login_that_is_not_ours() {
    let mut test = TestApp::start("full").await;
    let probe = test.probe().await;
    let upstream = test.mock.fhir_base();
    let (mut provider, base) =
        Provider::start(upstream.as_str(), probe.token(), probe.patient()).await;
    test.use_backend(base.clone(), visitor()).await;
    let session = test.sign_in().await.unwrap();
    let SessionView::SignedIn { person, .. } = session else {
        panic!("{session:?}");
    };
    assert!(person.nhs_number.is_some(), "the Patient was read");
    assert_eq!(provider.next_grant().await.0, "authorization_code");
    test.sync().await;
    let summary = test.app.record_summary().await.unwrap();
    assert!(
        summary.sections.iter().all(|section| section.count > 0),
        "{summary:?}"
    );

    let before = probe
        .search("Appointment?patient={}&_count=200")
        .await
        .len();
    let booking = request(&first_free(&test).await);
    let outcome = test.app.book_appointment(booking.clone()).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
    assert_eq!(held(&test, &booking.booking_id).await, 1);
    let after = probe
        .search("Appointment?patient={}&_count=200")
        .await
        .len();
    assert_eq!(after, before + 1, "exactly one appointment was made");

    // Each renewal brings another refresh token, so the second one shows that the first one's was
    // taken, and the third that it was kept on the device.
    for renewal in 1..=3 {
        if renewal == 3 {
            test.use_backend(base.clone(), visitor()).await;
        }
        provider.expire().await;
        test.sync().await;
        assert!(
            is_signed_in(&test).await,
            "renewal {renewal} went unnoticed"
        );
        let rotated = ("refresh_token".to_owned(), true);
        assert_eq!(provider.next_grant().await, rotated, "renewal {renewal}");
    }

    let summary = test.app.record_summary().await.unwrap();
    provider.stop().await;
    test.mock.stop().await;
    test.use_backend(base, visitor()).await;
    assert!(is_signed_in(&test).await, "starting needs no server");
    let read = test.app.record_summary().await.unwrap();
    for (read, saved) in read.sections.iter().zip(&summary.sections) {
        assert_eq!(read.count, saved.count, "{:?} is readable", read.kind);
    }
    let appointments = test.app.appointments().await.unwrap();
    assert!(
        appointments
            .upcoming
            .iter()
            .any(|appointment| appointment.reason == booking.reason),
        "what was booked is readable"
    );
}

async fn is_signed_in(test: &TestApp) -> bool {
    matches!(
        test.app.session_view().await,
        SessionView::SignedIn {
            is_lapsed: false,
            ..
        }
    )
}
