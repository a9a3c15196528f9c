//! Signing in and out, and everything that may be wrong with a sign-in.

use hale_contracts::account::{
    ChooseBackendRequest, ConfirmIdentityRequest, SessionView, SignOutRequest,
};
use hale_contracts::error::ErrorCode;
use hale_contracts::reasons::{IdentityLevel, WhyNot};
use hale_contracts::record::{AbsenceView, SectionKind};
use hale_mock_backend::{Config, Fault, MockBackend, Rule};
use hale_support::{TestApp, status};

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
        (Fault::CodeReplayed, ErrorCode::SignInNotTrusted),
        (Fault::SignInRefused, ErrorCode::SignInCancelled),
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

fn choice(url: &str) -> ChooseBackendRequest {
    ChooseBackendRequest {
        url: url.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_chosen_in_the_app_is_the_one_signed_in_to_now_and_later() {
    let chosen = MockBackend::start(Config::default()).await.unwrap();
    let address = chosen.fhir_base().to_string();
    let mut test = TestApp::start("full").await;
    let given = test.mock.fhir_base().to_string();
    test.use_backend(given, TestApp::visitor(&chosen, "full"))
        .await;
    let session = test.app.choose_backend(choice(&address)).await.unwrap();
    let SessionView::SignedOut {
        backend: Some(backend),
        ..
    } = session
    else {
        panic!("{session:?}");
    };
    assert_eq!(backend.url, address);
    test.sign_in().await.unwrap();
    test.sync().await;

    let session = test.restart().await;
    let SessionView::SignedIn {
        backend,
        is_lapsed: false,
        ..
    } = session
    else {
        panic!("the sign-in at the chosen service counts: {session:?}");
    };
    assert_eq!(backend.url, address);
    let before = chosen.log().entries().len();
    test.sync().await;
    assert!(chosen.log().entries().len() > before);
    assert!(
        test.mock.log().entries().is_empty(),
        "nothing went to the service that was given at the start"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_used_is_said_in_its_own_way_and_not_taken() {
    let test = TestApp::start("full").await;
    let fhir = test.mock.fhir_base().to_string();
    let origin = test.mock.origin().to_string();
    let untrusted = MockBackend::start(Config {
        tls: true,
        ..Config::default()
    })
    .await
    .unwrap();
    let nobody = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/fhir", listener.local_addr().unwrap())
    };
    let stu3 = Fault::FhirVersion {
        version: "3.0.1".to_owned(),
    };
    let neither = vec![Fault::NoMetadata, Fault::NoSmartConfiguration];
    let cases: Vec<(String, Vec<Fault>, ErrorCode)> = vec![
        (origin, vec![], ErrorCode::NotFhir),
        (fhir.clone(), neither, ErrorCode::NotFhir),
        (fhir.clone(), vec![stu3], ErrorCode::WrongFhirVersion),
        (
            fhir.clone(),
            vec![Fault::NoSmartConfiguration],
            ErrorCode::NoSignInOffered,
        ),
        (
            fhir.clone(),
            vec![status(503)],
            ErrorCode::ServerUnavailable,
        ),
        (nobody, vec![], ErrorCode::ServiceNotReached),
        (
            untrusted.fhir_base().to_string(),
            vec![],
            ErrorCode::BadCertificate,
        ),
        (
            "http://record.example/fhir".to_owned(),
            vec![],
            ErrorCode::PlainHttp,
        ),
        (
            "my practice's record".to_owned(),
            vec![],
            ErrorCode::BadAddress,
        ),
        (
            "ftp://record.example/".to_owned(),
            vec![],
            ErrorCode::BadAddress,
        ),
    ];
    for (address, faults, expected) in cases {
        let rules = faults.into_iter().map(Rule::always).collect();
        test.mock.faults().replace(rules);
        let checked = test.app.check_backend(choice(&address)).await;
        assert_eq!(checked.unwrap_err().code(), expected, "{address}");
        let chosen = test.app.choose_backend(choice(&address)).await;
        assert_eq!(chosen.unwrap_err().code(), expected, "{address}");
        let current = test.app.current_backend().await.unwrap();
        assert_eq!(current.url, fhir, "{address} was not taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_keeps_its_metadata_to_itself_can_be_signed_in_to() {
    let test = TestApp::start("full").await;
    test.mock.faults().set(Rule::always(Fault::NoMetadata));
    let address = test.mock.fhir_base().to_string();
    let check = test.app.check_backend(choice(&address)).await.unwrap();
    assert_eq!(check.fhir_version, None, "nobody stated one");
    test.app.choose_backend(choice(&address)).await.unwrap();
    test.sign_in().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_named() {
    let test = TestApp::signed_in("full").await;
    test.app
        .sign_out(SignOutRequest {
            remove_everything: false,
        })
        .await
        .unwrap();
    // The pages of the sign-in are asked for by the browser.
    let pages = ["/auth/authorize", "/auth/choose"];
    let entries = test.mock.log().entries();
    let ours: Vec<_> = entries
        .iter()
        .filter(|entry| !pages.contains(&entry.path.as_str()))
        .collect();
    for path in [
        "/fhir/metadata",
        "/fhir/.well-known/smart-configuration",
        "/auth/token",
        "/auth/jwks",
        "/auth/revoke",
        "/fhir/Condition",
    ] {
        assert!(ours.iter().any(|entry| entry.path == path), "{path}");
    }
    for entry in ours {
        assert!(entry.request_id.is_some(), "{entry:?}");
    }
}
