//! The journey against a login that is not ours: npm oidc-provider in front of the same FHIR routes.

use hale_contracts::account::SessionView;
use hale_contracts::appointments::BookingOutcomeView;
use hale_support::{NodeServer, TestApp, Visitor};

use crate::appointments::{first_free, held, request};

/// The next grant: its type, and whether the refresh token was changed.
async fn next_grant(provider: &mut NodeServer) -> (String, bool) {
    let line = provider.next("granted").await;
    let kind = line["granted"].as_str().unwrap().to_owned();
    (kind, line["rotated"].as_bool().unwrap())
}

/// Ends every access token that was used.
async fn expire(provider: &mut NodeServer) {
    provider.tell("expire").await;
    let line = provider.next("expired").await;
    assert_eq!(line["expired"], 1, "one token is in use");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_works_against_a_login_that_is_not_ours() {
    let mut test = TestApp::start("full").await;
    let probe = test.probe().await;
    let upstream = test.mock.fhir_base();
    let (mut provider, base) = NodeServer::start(
        "login/provider.mjs",
        &[upstream.as_str(), probe.token(), probe.patient()],
    )
    .await;
    test.use_backend(base.clone(), Visitor::following()).await;
    let session = test.sign_in().await.unwrap();
    let SessionView::SignedIn { person, .. } = session else {
        panic!("{session:?}");
    };
    assert!(person.nhs_number.is_some(), "the Patient was read");
    assert_eq!(next_grant(&mut provider).await.0, "authorization_code");
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
            test.use_backend(base.clone(), Visitor::following()).await;
        }
        expire(&mut provider).await;
        test.sync().await;
        assert!(
            is_signed_in(&test).await,
            "renewal {renewal} went unnoticed"
        );
        let rotated = ("refresh_token".to_owned(), true);
        assert_eq!(
            next_grant(&mut provider).await,
            rotated,
            "renewal {renewal}"
        );
    }

    let summary = test.app.record_summary().await.unwrap();
    provider.stop().await;
    test.mock.stop().await;
    test.use_backend(base, Visitor::following()).await;
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
