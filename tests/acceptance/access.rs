//! Access that is lowered, taken away or given to somebody else: exactly what is affected goes, the
//! patient is told until they say so, and nothing else ever takes a record away.

use chrono::TimeDelta;
use hale_contracts::changes::{AccessNoticeView, DismissAccessNoticeRequest};
use hale_contracts::outbox::CancelAppointmentRequest;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::{AbsenceView, RecordSectionRequest, RecordSectionView, SectionKind};
use hale_contracts::sync::SyncUnit;
use hale_mock_backend::population::RecordAccess;
use hale_mock_backend::{Fault, Rule};
use hale_support::{TestApp, status};
use serde_json::json;

async fn section(test: &TestApp, section: SectionKind) -> RecordSectionView {
    let request = RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    };
    test.app.record_section(request).await.unwrap()
}

/// How many items each section holds.
async fn totals(test: &TestApp) -> Vec<(SectionKind, u32)> {
    let summary = test.app.record_summary().await.unwrap();
    let sections = summary.sections.iter();
    sections
        .map(|section| (section.kind, section.count))
        .collect()
}

async fn notices(test: &TestApp) -> Vec<AccessNoticeView> {
    test.app.home().await.unwrap().access_notices
}

/// Checks twice: the first finds that the rights are others, which all is read anew for.
async fn check(test: &TestApp) {
    test.sync().await;
    test.sync().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lowered_level_takes_exactly_its_part_and_the_patient_is_told() {
    let mut test = TestApp::signed_in("full").await;
    let before = totals(&test).await;
    let lowered = Fault::AccessLowered {
        to: RecordAccess::Summary,
    };
    test.mock.faults().set(Rule::always(lowered));
    check(&test).await;
    for (kind, count) in totals(&test).await {
        let is_shared = matches!(kind, SectionKind::Allergies | SectionKind::Medicines);
        let held = before.iter().find(|(of, _)| *of == kind).unwrap().1;
        assert_eq!(count, if is_shared { held } else { 0 }, "{kind:?}");
    }
    assert!(!test.app.appointments().await.unwrap().upcoming.is_empty());
    let shown = section(&test, SectionKind::Conditions).await;
    assert!(
        matches!(shown.summary.absence, Some(AbsenceView::NotAllowed { .. })),
        "{:?}",
        shown.summary.absence
    );
    assert_eq!(shown.access_notices.len(), 1);
    assert!(
        section(&test, SectionKind::Medicines)
            .await
            .access_notices
            .is_empty()
    );
    let told = notices(&test).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0]
            .units
            .contains(&SyncUnit::Record(SectionKind::Results))
    );
    assert!(
        !told[0]
            .units
            .contains(&SyncUnit::Record(SectionKind::Allergies))
    );
    assert!(!told[0].units.contains(&SyncUnit::Person));

    // It is said until the patient says that they have seen it, after a restart too.
    test.restart().await;
    test.sync().await;
    assert_eq!(notices(&test).await, told);
    let request = DismissAccessNoticeRequest {
        source: told[0].source.id.clone(),
        units: told[0].units.clone(),
    };
    test.app.dismiss_access_notice(request).await.unwrap();
    assert!(notices(&test).await.is_empty());
    test.sync().await;
    assert!(notices(&test).await.is_empty(), "it is said once");

    test.mock.faults().clear();
    check(&test).await;
    assert_eq!(totals(&test).await, before, "what is shared again is back");
    let back = section(&test, SectionKind::Conditions).await;
    assert!(back.summary.news.is_none(), "what comes back is not new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_goes_when_access_comes_back() {
    let test = TestApp::signed_in("full").await;
    let before = totals(&test).await;
    let revoked = Fault::AccessLowered {
        to: RecordAccess::None,
    };
    test.mock.faults().set(Rule::always(revoked));
    check(&test).await;
    assert!(totals(&test).await.iter().all(|(_, count)| *count == 0));
    assert_eq!(notices(&test).await.len(), 1);
    test.mock.faults().clear();
    check(&test).await;
    assert!(notices(&test).await.is_empty());
    assert_eq!(totals(&test).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn narrowed_access_of_the_app_takes_only_what_it_names() {
    let test = TestApp::signed_in("full").await;
    let before = totals(&test).await;
    let narrowed = Fault::ScopesWithout {
        resource: "Condition".to_owned(),
    };
    test.mock.faults().set(Rule::always(narrowed));
    check(&test).await;
    for ((kind, count), (_, held)) in totals(&test).await.into_iter().zip(before) {
        let is_gone = kind == SectionKind::Conditions;
        assert_eq!(count, if is_gone { 0 } else { held }, "{kind:?}");
    }
    let told = notices(&test).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].units, [SyncUnit::Record(SectionKind::Conditions)]);
}

/// A gateway, a bare status and an outage say nothing about what the patient may see.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_services_own_word_takes_a_record_away() {
    let faults = [
        ("bare 403", Fault::BareStatus { status: 403 }),
        ("bare 404", Fault::BareStatus { status: 404 }),
        ("a gateway's 403", Fault::HtmlPage { status: 403 }),
        ("a gateway's 404", Fault::HtmlPage { status: 404 }),
        ("a gateway's 502", Fault::HtmlPage { status: 502 }),
        ("503", status(503)),
        ("an outage", Fault::LostRequest),
    ];
    for (name, fault) in faults {
        let test = TestApp::signed_in("full").await;
        let before = totals(&test).await;
        let appointments = test.app.appointments().await.unwrap().upcoming.len();
        test.mock.faults().set(Rule::always(fault).on_path("/fhir"));
        test.sync().await;
        assert_eq!(totals(&test).await, before, "{name}");
        let shown = test.app.appointments().await.unwrap();
        assert_eq!(shown.upcoming.len(), appointments, "{name}");
        assert!(notices(&test).await.is_empty(), "{name}");
    }
}

/// The same id with another NHS number may be somebody else: nothing of both is ever mixed, and
/// what the patient has not sent yet is kept.
#[tokio::test(flavor = "multi_thread")]
async fn another_nhs_number_takes_all_of_the_service_and_keeps_what_is_not_sent() {
    let mut test = TestApp::signed_in("full").await;
    let patient = test.probe().await.patient().to_owned();
    let booked = test.app.appointments().await.unwrap().upcoming;
    let appointment = booked.iter().find(|one| one.status.is_agreed()).unwrap();
    test.mock
        .faults()
        .set(Rule::always(Fault::LostRequest).on_path("/fhir/Appointment"));
    let request = CancelAppointmentRequest {
        appointment_id: appointment.id.clone(),
        reason: None,
    };
    test.app.cancel_appointment(request).await.unwrap();
    assert_eq!(test.app.pending_requests().await.unwrap().len(), 1);
    test.mock.faults().clear();

    let mut person = test.mock.store().resources(&patient, "Patient").remove(0);
    let numbers = person["identifier"].as_array_mut().unwrap();
    let number = numbers
        .iter_mut()
        .find(|one| one["system"] == "https://fhir.nhs.uk/Id/nhs-number")
        .unwrap();
    number["value"] = json!("9990000018");
    test.mock.store().put(&patient, person);
    // Also where the rest of what is said of the person cannot be read just then.
    let busy = Rule::always(status(503)).on("GET", "/List");
    test.mock.faults().set(busy);
    test.clock.advance(TimeDelta::minutes(20));
    test.sync().await;
    test.mock.faults().clear();
    assert!(totals(&test).await.iter().all(|(_, count)| *count == 0));
    assert!(test.app.appointments().await.unwrap().upcoming.is_empty());
    let told = notices(&test).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].why, WhyNot::PatientChanged);
    let waiting = test.app.pending_requests().await.unwrap();
    assert_eq!(waiting.len(), 1, "what the patient asked for is kept");
    let shown = test.app.appointments().await.unwrap();
    let open: Vec<_> = shown.unlisted.iter().map(|one| &one.pending).collect();
    assert_eq!(open, [&Some(waiting[0].clone())], "and is shown");
    assert_eq!(shown.unlisted[0].start, appointment.start);

    test.restart().await;
    test.sync().await;
    assert_eq!(notices(&test).await.len(), 1);
    assert_eq!(test.app.pending_requests().await.unwrap(), waiting);
    let cancelled = test.mock.store().resources(&patient, "Appointment");
    let untouched = cancelled
        .iter()
        .find(|one| one["id"] == appointment.id.as_str());
    assert_ne!(untouched.unwrap()["status"], "cancelled", "and is not sent");
}
