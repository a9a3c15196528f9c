//! Several services in one record: each part named after where it came from, one that is down in
//! nobody's way, and nobody else's data ever among it.

use hale_contracts::account::{ConfirmIdentityRequest, SignOutRequest};
use hale_contracts::appointments::{AppointmentRequest, AppointmentView};
use hale_contracts::error::ErrorCode;
use hale_contracts::outbox::CancelAppointmentRequest;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{
    AbsenceView, RecordItemRequest, RecordSectionRequest, RecordSectionView, SearchRecordRequest,
    SectionKind,
};
use hale_contracts::sources::{
    LinkOutcomeView, LinkSourceRequest, SourceRequest, SourceStandingView, SourcesView,
};
use hale_contracts::sync::SyncUnit;
use hale_core::error::Error;
use hale_mock_backend::population::Place;
use hale_mock_backend::{Fault, Rule, RunningMock};
use hale_support::{TestApp, status};
use serde_json::json;

const HOSPITAL: &str = "Northgate Hospital (test)";

async fn section(test: &TestApp, section: SectionKind) -> RecordSectionView {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    };
    test.app.record_section(request).await.unwrap()
}

async fn link(test: &TestApp, mock: &RunningMock) -> Result<LinkOutcomeView, Error> {
    let url = mock.fhir_base().to_string();
    test.app.link_source(LinkSourceRequest { url }).await
}

/// Signed in at the practice, with the hospital linked and both read.
async fn with_hospital(persona: &str) -> (TestApp, RunningMock) {
    let test = TestApp::signed_in(persona).await;
    let hospital = TestApp::another(Place::Hospital).await;
    let outcome = link(&test, &hospital).await.unwrap();
    assert!(matches!(outcome, LinkOutcomeView::Linked { .. }));
    test.sync().await;
    (test, hospital)
}

fn hospital_of(sources: &SourcesView) -> String {
    let found = sources.sources.iter().find(|one| !one.is_main);
    found.expect("it is linked").source.id.clone()
}

async fn hospital_id(test: &TestApp) -> String {
    hospital_of(&test.app.sources().await.unwrap())
}

fn at<'a>(sources: &'a [SourceStandingView], name: &str) -> &'a SourceStandingView {
    sources
        .iter()
        .find(|one| one.source.name == name)
        .unwrap_or_else(|| panic!("{name} is not named: {sources:?}"))
}

fn of_hospital(shown: &RecordSectionView) -> usize {
    let is_its = |name: &str| name == HOSPITAL;
    shown
        .items
        .iter()
        .filter(|item| is_its(&item.provenance.source.name))
        .count()
}

async fn appointment_at_hospital(test: &TestApp) -> AppointmentView {
    let shown = test.app.appointments().await.unwrap();
    let its = |one: &AppointmentView| one.provenance.source.name == HOSPITAL;
    let found = shown.upcoming.into_iter().find(its);
    found.expect("the hospital has one ahead")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_stand_in_one_record_each_named() {
    let alone = TestApp::signed_in("full").await;
    let (test, hospital) = with_hospital("full").await;
    for kind in [
        SectionKind::Allergies,
        SectionKind::Procedures,
        SectionKind::Documents,
        SectionKind::Consultations,
    ] {
        let before = section(&alone, kind).await;
        let both = section(&test, kind).await;
        assert!(of_hospital(&both) > 0, "{kind:?}");
        assert_eq!(both.items.len() - of_hospital(&both), before.items.len());
        assert_eq!(both.summary.sources.len(), 2, "{kind:?}");
        assert!(before.summary.sources.is_empty(), "one source goes without");
        assert!(matches!(
            both.summary.freshness,
            FreshnessView::Fresh { .. }
        ));
    }
    let medicines = section(&test, SectionKind::Medicines).await;
    assert!(
        medicines.summary.sources.is_empty(),
        "what the hospital does not offer is no gap"
    );
    let everything = test.mock.log().entries();
    let everything = everything.iter().filter(|one| one.path.contains("/fhir/"));
    assert!(everything.count() > 0);
    assert_eq!(
        hospital.log().count("GET", "/fhir/MedicationRequest"),
        0,
        "what it does not offer is not asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_at_two_services_is_two_entries() {
    let test = TestApp::signed_in("full").await;
    let hospital = TestApp::another(Place::Hospital).await;
    let patient = test.probe().await.patient().to_owned();
    let same = |code: &str| {
        json!({"resourceType": "Condition", "id": "same", "code": {"text": code},
            "subject": {"reference": format!("Patient/{patient}")}})
    };
    test.mock.store().put(&patient, same("At the practice"));
    hospital.store().put(&patient, same("At the hospital"));
    link(&test, &hospital).await.unwrap();
    test.sync().await;
    let shown = section(&test, SectionKind::Conditions).await;
    let mut named: Vec<(String, String)> = Vec::new();
    for item in &shown.items {
        if item.id.0.ends_with("~Condition~same") {
            let id = item.id.clone();
            let one = test
                .app
                .record_item(RecordItemRequest { id })
                .await
                .unwrap();
            assert_eq!(&one, item);
            let title = item.title.words().unwrap().to_owned();
            named.push((title, item.provenance.source.name.clone()));
        }
    }
    named.sort();
    assert_eq!(named.len(), 2, "{named:?}");
    assert_eq!(named[0].0, "At the hospital");
    assert_eq!(named[0].1, HOSPITAL);
    assert_eq!(named[1].0, "At the practice");
    assert_ne!(named[1].1, HOSPITAL);

    hospital.store().delete(&patient, "Condition", "same");
    test.sync().await;
    let shown = section(&test, SectionKind::Conditions).await;
    let titles: Vec<_> = shown
        .items
        .iter()
        .filter_map(|it| it.title.words())
        .collect();
    assert!(titles.contains(&"At the practice"), "{titles:?}");
    assert!(!titles.contains(&"At the hospital"), "{titles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_down_is_named_and_the_other_is_whole() {
    let (test, hospital) = with_hospital("full").await;
    let before = section(&test, SectionKind::Procedures).await;
    hospital.stop().await;
    let status = test.sync().await;
    let after = section(&test, SectionKind::Procedures).await;
    assert_eq!(after.items.len(), before.items.len(), "nothing goes");
    let its = at(&after.summary.sources, HOSPITAL);
    assert!(matches!(
        its.freshness,
        FreshnessView::Stale {
            because: ErrorCode::ServerUnavailable,
            at: Some(_)
        }
    ));
    let practice = after
        .summary
        .sources
        .iter()
        .find(|it| it.source.id == "main");
    assert!(matches!(
        practice.unwrap().freshness,
        FreshnessView::Fresh { .. }
    ));
    assert!(!status.is_offline, "the practice answers");
    let failed = test.app.home().await.unwrap().failed;
    assert!(!failed.is_empty());
    assert!(failed.iter().all(|one| one.source.name == HOSPITAL));
    let medicines = section(&test, SectionKind::Medicines).await;
    assert!(matches!(
        medicines.summary.freshness,
        FreshnessView::Fresh { .. }
    ));

    hospital.restart().await.unwrap();
    test.mock.stop().await;
    test.sync().await;
    let after = section(&test, SectionKind::Procedures).await;
    let its = at(&after.summary.sources, HOSPITAL);
    assert!(matches!(its.freshness, FreshnessView::Fresh { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn none_is_not_said_while_one_service_has_not_said_so() {
    let test = TestApp::signed_in("empty").await;
    let none = section(&test, SectionKind::Conditions)
        .await
        .summary
        .absence;
    assert_eq!(
        none,
        Some(AbsenceView::NoneRecorded),
        "the practice says so"
    );
    let hospital = TestApp::another(Place::Hospital).await;
    link(&test, &hospital).await.unwrap();
    let linked = section(&test, SectionKind::Conditions).await;
    assert_eq!(linked.summary.absence, Some(AbsenceView::NotLoaded));

    hospital
        .faults()
        .set(Rule::always(status(500)).on("GET", "/Condition"));
    test.sync().await;
    let failed = section(&test, SectionKind::Conditions).await;
    assert!(matches!(
        failed.summary.absence,
        Some(AbsenceView::Failed { .. })
    ));
    assert!(matches!(
        at(&failed.summary.sources, HOSPITAL).absence,
        Some(AbsenceView::Failed { .. })
    ));

    hospital.faults().clear();
    test.sync().await;
    let shown = section(&test, SectionKind::Conditions).await;
    assert_eq!(shown.summary.absence, Some(AbsenceView::NothingSent));
    let practice = shown
        .summary
        .sources
        .iter()
        .find(|it| it.source.id == "main");
    assert_eq!(practice.unwrap().absence, Some(AbsenceView::NoneRecorded));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_is_never_linked() {
    let test = TestApp::signed_in("full").await;
    let hospital = TestApp::another(Place::Hospital).await;
    test.expect_persona_at(&hospital, "long");
    let refused = link(&test, &hospital).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::DifferentPerson);
    assert_eq!(test.app.sources().await.unwrap().sources.len(), 1);
    test.sync().await;
    assert_eq!(hospital.log().count("GET", "/fhir/Condition"), 0);
    assert!(
        hospital.log().count("POST", "/auth/revoke") > 0,
        "the sign-in is taken back"
    );
    let again = link(&test, &test.mock).await.unwrap_err();
    assert_eq!(again.code(), ErrorCode::AlreadyLinked);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_nhs_number_the_patient_says_who_it_is() {
    let test = TestApp::signed_in("full").await;
    let hospital = TestApp::another(Place::Hospital).await;
    let patient = test.probe().await.patient().to_owned();
    let mut known = hospital.store().resources(&patient, "Patient").remove(0);
    known["identifier"] = json!([]);
    hospital.store().put(&patient, known);
    let LinkOutcomeView::Confirm { asked } = link(&test, &hospital).await.unwrap() else {
        panic!("it is not asked");
    };
    assert_eq!(asked.known.name, asked.person.name);
    assert_eq!(asked.backend.name, HOSPITAL);
    assert_eq!(test.app.sources().await.unwrap().sources.len(), 1);
    let no = ConfirmIdentityRequest { is_me: false };
    assert_eq!(test.app.confirm_link(no).await.unwrap().sources.len(), 1);
    assert!(test.app.confirm_link(no).await.is_err(), "nobody waits");

    link(&test, &hospital).await.unwrap();
    let yes = ConfirmIdentityRequest { is_me: true };
    assert_eq!(test.app.confirm_link(yes).await.unwrap().sources.len(), 2);
    test.sync().await;
    assert!(of_hospital(&section(&test, SectionKind::Procedures).await) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_elsewhere_is_shown_and_changed_there() {
    let (test, hospital) = with_hospital("full").await;
    let appointment = appointment_at_hospital(&test).await;
    assert!(appointment.is_read_only);
    let id = appointment.id.clone();
    let one = AppointmentRequest { id: id.clone() };
    assert_eq!(test.app.appointment(one).await.unwrap().id, id);
    let request = CancelAppointmentRequest {
        appointment_id: id,
        reason: None,
    };
    assert!(test.app.cancel_appointment(request).await.is_err());
    assert!(test.app.pending_requests().await.unwrap().is_empty());
    assert_eq!(hospital.log().count("PUT", "/fhir/Appointment"), 0);
    let home = test.app.home().await.unwrap();
    assert!(home.next_appointment.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_service_outlives_a_restart_and_needs_no_network_for_it() {
    let (mut test, hospital) = with_hospital("full").await;
    hospital.stop().await;
    test.mock.stop().await;
    test.restart().await;
    let shown = section(&test, SectionKind::Procedures).await;
    assert!(of_hospital(&shown) > 0);
    hospital.restart().await.unwrap();
    test.mock.restart().await.unwrap();
    test.restart().await;
    hospital.log().clear();
    test.sync().await;
    assert!(hospital.log().count("GET", "/fhir/Procedure") > 0);
    assert_eq!(
        hospital.log().count("GET", "/auth/authorize"),
        0,
        "its own sign-in is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_lapsed_at_one_is_renewed_there_alone() {
    let (test, hospital) = with_hospital("full").await;
    hospital
        .faults()
        .set(Rule::always(Fault::ExpiredAccessToken));
    hospital
        .faults()
        .set(Rule::always(Fault::ExpiredRefreshToken));
    test.sync().await;
    let sources = test.app.sources().await.unwrap().sources;
    assert!(!sources[0].is_lapsed);
    assert!(sources[1].is_lapsed);
    let shown = section(&test, SectionKind::Procedures).await;
    assert!(of_hospital(&shown) > 0, "what was read stays");
    hospital.faults().clear();
    let source = sources[1].source.id.clone();

    test.expect_persona_at(&hospital, "long");
    let request = SourceRequest {
        source: source.clone(),
    };
    let other = test.app.sign_in_to_source(request.clone()).await;
    assert_eq!(other.unwrap_err().code(), ErrorCode::DifferentPerson);
    test.expect_persona_at(&hospital, "full");
    let sources = test.app.sign_in_to_source(request).await.unwrap().sources;
    assert!(!sources[1].is_lapsed);
    assert_eq!(sources[1].source.id, source, "it is the same source");
    test.sync().await;
    let shown = section(&test, SectionKind::Procedures).await;
    let its = at(&shown.summary.sources, HOSPITAL);
    assert!(matches!(its.freshness, FreshnessView::Fresh { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlinked_service_leaves_nothing_behind_and_the_other_whole() {
    let alone = TestApp::signed_in("full").await;
    let (mut test, hospital) = with_hospital("full").await;
    let source = hospital_id(&test).await;
    let main = SourceRequest {
        source: "main".to_owned(),
    };
    let refused = test.app.unlink_source(main).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NotFound);
    let words = || SearchRecordRequest {
        text: "iodinated".to_owned(),
    };
    let found = test.app.search_record(words()).await.unwrap().items;
    assert_eq!(found.len(), 1);
    let left = test.app.unlink_source(SourceRequest { source }).await;
    assert_eq!(left.unwrap().sources.len(), 1);
    assert!(hospital.log().count("POST", "/auth/revoke") > 0);
    let found = test.app.search_record(words()).await.unwrap().items;
    assert!(found.is_empty());
    for kind in SectionKind::ALL {
        let shown = section(&test, kind).await;
        assert_eq!(of_hospital(&shown), 0, "{kind:?}");
        assert_eq!(shown.items.len(), section(&alone, kind).await.items.len());
    }
    test.restart().await;
    hospital.log().clear();
    test.sync().await;
    assert!(hospital.log().entries().is_empty());
    assert_eq!(test.app.sources().await.unwrap().sources.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_takes_back_every_sign_in() {
    let (test, hospital) = with_hospital("full").await;
    let keep = SignOutRequest {
        remove_everything: false,
    };
    test.app.sign_out(keep).await.unwrap();
    assert!(test.mock.log().count("POST", "/auth/revoke") > 0);
    assert!(hospital.log().count("POST", "/auth/revoke") > 0);
    test.sign_in().await.unwrap();
    let sources = test.app.sources().await.unwrap().sources;
    assert!(!sources[0].is_lapsed);
    assert!(sources[1].is_lapsed, "it asks to sign in again");

    let remove = SignOutRequest {
        remove_everything: true,
    };
    test.app.sign_out(remove).await.unwrap();
    assert!(test.keys_are_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_can_be_stopped_and_goes_on_later() {
    let (test, hospital) = with_hospital("full").await;
    let slow = Fault::Slow { millis: 3_000 };
    hospital.faults().set(Rule::always(slow));
    let app = std::sync::Arc::clone(&test.app);
    let check = tokio::spawn(async move { app.sync_now(&|_| {}).await });
    while !test.app.sync_status().await.unwrap().is_running {
        tokio::task::yield_now().await;
    }
    test.app.stop_check();
    let status = check.await.unwrap().unwrap();
    assert!(!status.is_running);
    hospital.faults().clear();
    let status = test.sync().await;
    assert!(
        status.units.iter().all(|unit| unit.error.is_none()),
        "{status:?}"
    );
    assert!(status.units.iter().any(|unit| {
        unit.source.name == HOSPITAL && unit.unit == SyncUnit::Record(SectionKind::Procedures)
    }));
}
