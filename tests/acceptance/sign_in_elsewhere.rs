//! The journey against a login that is not ours: npm oidc-provider in front of the same FHIR routes.

use std::path::Path;
use std::process::Stdio;

use hale_contracts::account::SessionView;
use hale_contracts::appointments::BookingOutcomeView;
use hale_support::{TestApp, Visitor};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::appointments::{first_free, request};

/// Starts the provider; it ends when the child is dropped.
async fn provider(upstream: &str, token: &str, patient: &str) -> (Child, String) {
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
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("the provider says where it is: are its packages installed?");
        if let Ok(said) = serde_json::from_str::<Value>(&line)
            && let Some(base) = said["base"].as_str()
        {
            let base = base.to_owned();
            // What it says later is read too: a closed pipe would end it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, base);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_works_against_a_login_that_is_not_ours() {
    let mut test = TestApp::start("full").await;
    let probe = test.probe().await;
    let (_provider, base) = provider(
        test.mock.fhir_base().as_str(),
        probe.token(),
        probe.patient(),
    )
    .await;
    test.use_backend(
        base,
        Visitor::new(|address| async move {
            // A browser: it keeps cookies and follows redirects, the last one to the app.
            let browser = reqwest::Client::builder().cookie_store(true).build().ok()?;
            browser.get(address).send().await.ok()?;
            None
        }),
    )
    .await;
    let session = test.sign_in().await.unwrap();
    let SessionView::SignedIn { person, .. } = session else {
        panic!("{session:?}");
    };
    assert!(person.nhs_number.is_some(), "the Patient was read");
    test.sync().await;
    let summary = test.app.record_summary().await.unwrap();
    assert!(
        summary.sections.iter().all(|section| section.count > 0),
        "{summary:?}"
    );
    let outcome = test
        .app
        .book_appointment(request(&first_free(&test).await))
        .await
        .unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::Booked { .. }),
        "{outcome:?}"
    );
}
