//! Signing in and out, and everything that may be wrong with a sign-in.

use hale_contracts::account::{ConfirmIdentityRequest, SessionView, SignOutRequest};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::{IdentityLevel, WhyNot};
use hale_contracts::record::{AbsenceView, SectionKind};
use hale_mock_backend::{Fault, Rule};
use hale_support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_named_before_anything_is_kept() {
    let test = TestApp::start("full").await;
    let session = test.app.sign_in().await.unwrap();
    let SessionView::ConfirmIdentity { person } = session else {
        panic!("{session:?}");
    };
    assert!(
        person.date_of_birth.is_some(),
        "name and date of birth are shown"
    );
    assert!(!person.name.is_empty());
    assert!(
        !test.folder().join("people").exists(),
        "nothing is on the device yet"
    );
    let session = test
        .app
        .confirm_identity(ConfirmIdentityRequest { is_me: true })
        .await
        .unwrap();
    assert!(
        matches!(
            session,
            SessionView::SignedIn {
                is_lapsed: false,
                ..
            }
        ),
        "{session:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn saying_that_it_is_somebody_else_keeps_nothing() {
    let test = TestApp::start("full").await;
    test.app.sign_in().await.unwrap();
    let session = test
        .app
        .confirm_identity(ConfirmIdentityRequest { is_me: false })
        .await
        .unwrap();
    assert!(
        matches!(
            session,
            SessionView::SignedOut {
                has_data: false,
                ..
            }
        ),
        "{session:?}"
    );
    assert!(!test.folder().join("people").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_a_safety_check_is_refused() {
    let cases = [
        (Fault::WrongNonce, ErrorCode::SignInNotTrusted),
        (Fault::WrongIssuer, ErrorCode::SignInNotTrusted),
        (Fault::WrongAudience, ErrorCode::SignInNotTrusted),
        (Fault::ExpiredIdToken, ErrorCode::SignInNotTrusted),
        (Fault::WrongState, ErrorCode::SignInNotTrusted),
        (Fault::BadSignature, ErrorCode::SignInNotTrusted),
    ];
    for (fault, expected) in cases {
        let test = TestApp::start("full").await;
        test.mock.faults().set(Rule::always(fault.clone()));
        let error = test
            .app
            .sign_in()
            .await
            .expect_err(&format!("{fault:?} is refused"));
        assert_eq!(error.code(), expected, "{fault:?}: {error:?}");
        let session = test.app.session_view().await;
        assert!(
            matches!(session, SessionView::SignedOut { .. }),
            "{fault:?}: {session:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_at_a_lower_identity_level_sees_why_there_is_no_record() {
    let test = TestApp::signed_in("p5").await;
    let summary = test.app.record_summary().await.unwrap();
    let why = WhyNot::IdentityLevel {
        have: IdentityLevel::P5,
        need: IdentityLevel::P9,
    };
    assert_eq!(summary.not_allowed, Some(why.clone()));
    for section in summary.sections {
        assert_eq!(section.count, 0);
        assert_eq!(
            section.absence,
            Some(AbsenceView::NotAllowed { why: why.clone() }),
            "{:?} never reads as none",
            section.kind
        );
    }
    assert_eq!(
        test.app.booking_guidance().await.unwrap().not_possible,
        Some(why)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_record_never_mixes_with_the_one_on_the_device() {
    let mut test = TestApp::signed_in("full").await;
    test.app
        .sign_out(SignOutRequest {
            remove_everything: false,
        })
        .await
        .unwrap();
    test.expect_persona("long");
    test.restart().await;
    let error = test.sign_in().await.expect_err("another person is refused");
    assert_eq!(error.code(), ErrorCode::DifferentPerson);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_finds_the_record_where_it_was() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.record_summary().await.unwrap();
    let session = test
        .app
        .sign_out(SignOutRequest {
            remove_everything: false,
        })
        .await
        .unwrap();
    assert!(
        matches!(session, SessionView::SignedOut { has_data: true, .. }),
        "{session:?}"
    );
    assert_eq!(
        test.app
            .record_summary()
            .await
            .expect_err("it is closed")
            .code(),
        ErrorCode::SignedOut
    );
    test.sign_in().await.unwrap();
    let after = test.app.record_summary().await.unwrap();
    assert_eq!(after.sections.len(), before.sections.len());
    for (after, before) in after.sections.iter().zip(&before.sections) {
        assert_eq!(after.count, before.count, "{:?}", after.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_everything_leaves_no_file_and_no_key() {
    let test = TestApp::signed_in("full").await;
    test.app
        .sign_out(SignOutRequest {
            remove_everything: true,
        })
        .await
        .unwrap();
    let people = test.folder().join("people");
    let left = std::fs::read_dir(&people).map_or(0, Iterator::count);
    assert_eq!(left, 0, "a person's folder is left");
    assert!(
        test.keys_are_empty(),
        "a key or token is left in the keychain"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapsed_sign_in_ends_online_actions_only() {
    let test = TestApp::signed_in("full").await;
    test.mock
        .faults()
        .set(Rule::always(Fault::ExpiredRefreshToken));
    test.mock
        .faults()
        .set(Rule::always(Fault::ExpiredAccessToken));
    test.sync().await;
    let session = test.app.session_view().await;
    assert!(
        matches!(
            session,
            SessionView::SignedIn {
                is_lapsed: true,
                ..
            }
        ),
        "{session:?}"
    );
    let summary = test.app.record_summary().await.unwrap();
    let allergies = &summary.sections[0];
    assert_eq!(allergies.kind, SectionKind::Allergies);
    assert!(allergies.count > 0, "what is on the device stays readable");
    assert_eq!(
        test.app.booking_guidance().await.unwrap().not_possible,
        Some(WhyNot::SignInLapsed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_never_leads_to_a_new_empty_record() {
    let mut test = TestApp::signed_in("full").await;
    test.forget_keys();
    let session = test.restart().await;
    let SessionView::Locked { error } = session else {
        panic!("{session:?}");
    };
    assert_eq!(error.code, ErrorCode::KeyMissing);
    assert!(
        test.sign_in().await.is_err(),
        "nothing is made beside the old file"
    );
    assert!(
        test.folder()
            .join("people")
            .read_dir()
            .unwrap()
            .next()
            .is_some()
    );
}
