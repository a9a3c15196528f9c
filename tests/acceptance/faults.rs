//! A table of faults: whatever a server does, what was there stays, the fault is said, and nothing
//! reads as "none".

use std::time::Duration;

use chrono::TimeDelta;
use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::{
    AbsenceView, ItemStatus, RecordItemId, RecordSectionRequest, RecordSectionView, SectionKind,
};
use hale_contracts::sync::SyncUnit;
use hale_contracts::time::LondonOffset;
use hale_mock_backend::{BadEntry, Fault, HostileBody, Rule};
use hale_support::{TestApp, status};
use serde_json::json;

fn table() -> Vec<(Fault, ErrorCode)> {
    vec![
        (Fault::LostRequest, ErrorCode::TimedOut),
        (status(500), ErrorCode::ServerUnavailable),
        (status(503), ErrorCode::ServerUnavailable),
        (
            Fault::HtmlPage { status: 502 },
            ErrorCode::ServerUnavailable,
        ),
        (status(408), ErrorCode::TimedOut),
        (status(422), ErrorCode::Rejected),
        (status(429), ErrorCode::TooManyRequests),
        (Fault::TruncatedBody, ErrorCode::UnreadableAnswer),
        (Fault::OutcomeWithSuccess, ErrorCode::UnreadableAnswer),
        (Fault::EndlessPages, ErrorCode::UnreadableAnswer),
        (Fault::ForeignNextLink, ErrorCode::UnsafeConnection),
        (
            redirect("http://elsewhere.example/"),
            ErrorCode::UnsafeConnection,
        ),
        (
            redirect("https://elsewhere.example/"),
            ErrorCode::UnsafeConnection,
        ),
        (status(409), ErrorCode::Changed),
        (status(410), ErrorCode::NotFound),
        (status(412), ErrorCode::Changed),
        (status(461), ErrorCode::Rejected),
        (hostile(HostileBody::Large), ErrorCode::UnreadableAnswer),
        (hostile(HostileBody::Endless), ErrorCode::UnreadableAnswer),
        (hostile(HostileBody::GzipBomb), ErrorCode::UnreadableAnswer),
        (hostile(HostileBody::DeepNesting), ErrorCode::Incomplete),
        (
            hostile(HostileBody::InvalidUtf8),
            ErrorCode::UnreadableAnswer,
        ),
        (hostile(HostileBody::Reset), ErrorCode::TimedOut),
    ]
}

fn redirect(to: &str) -> Fault {
    Fault::Redirect { to: to.to_owned() }
}

fn hostile(body: HostileBody) -> Fault {
    Fault::HostileBody { body }
}

fn conditions() -> RecordSectionRequest {
    RecordSectionRequest {
        section: SectionKind::Conditions,
        offset: 0,
        limit: 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_at_the_first_load_is_said_and_never_reads_as_none() {
    for (fault, expected) in table() {
        let test = TestApp::start("full").await;
        test.sign_in().await.unwrap();
        test.mock
            .faults()
            .set(Rule::always(fault.clone()).on("GET", "/Condition"));
        test.sync().await;
        let shown = test.app.record_section(conditions()).await.unwrap();
        let error = shown
            .summary
            .error
            .unwrap_or_else(|| panic!("{fault:?} is not said"));
        assert_eq!(error.code, expected, "{fault:?}");
        if shown.total == 0 {
            assert!(
                matches!(shown.summary.absence, Some(AbsenceView::Failed { .. })),
                "{fault:?}: {:?}",
                shown.summary.absence
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_later_keeps_what_was_there() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.record_section(conditions()).await.unwrap();
    for (fault, expected) in table() {
        test.mock.faults().clear();
        test.mock
            .faults()
            .set(Rule::always(fault.clone()).on("GET", "/Condition"));
        test.sync().await;
        let after = test.app.record_section(conditions()).await.unwrap();
        assert_eq!(after.total, before.total, "{fault:?}");
        let FreshnessView::Stale { because, .. } = after.summary.freshness else {
            panic!("{fault:?}: {:?}", after.summary.freshness);
        };
        assert_eq!(because, expected, "{fault:?}");
    }
    test.mock.faults().clear();
    test.sync().await;
    let after = test.app.record_section(conditions()).await.unwrap();
    assert!(matches!(
        after.summary.freshness,
        FreshnessView::Fresh { .. }
    ));
    assert_eq!(after.items.len(), before.items.len());
}

/// What is missing from a part of an answer is not gone: after each of these the section shows
/// what it had, the entries are whole, and it says that something is missing.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_from_a_partial_answer_is_not_taken_for_gone() {
    let parts = [
        Fault::Partial,
        Fault::BadEntry {
            entry: BadEntry::Outcome,
        },
        Fault::BadEntry {
            entry: BadEntry::WithoutId,
        },
        Fault::BadEntry {
            entry: BadEntry::NotAResource,
        },
    ];
    for fault in parts {
        let test = TestApp::signed_in("full").await;
        let allergies_before = allergies(&test).await;
        let appointments_before = test.app.appointments().await.unwrap();
        assert!(!allergies_before.items.is_empty());
        assert!(!appointments_before.upcoming.is_empty());
        for path in ["/AllergyIntolerance", "/Appointment"] {
            let faults = test.mock.faults();
            faults.set(Rule::always(Fault::NothingFound).on("GET", path));
            faults.set(Rule::always(fault.clone()).on("GET", path));
        }
        let status = test.sync().await;

        let allergies_after = allergies(&test).await;
        let ids = |view: &RecordSectionView| -> Vec<(RecordItemId, Option<ItemStatus>)> {
            view.items
                .iter()
                .map(|item| (item.id.clone(), item.status))
                .collect()
        };
        assert_eq!(ids(&allergies_after), ids(&allergies_before), "{fault:?}");
        assert_incomplete(&allergies_after.summary.freshness, &fault);
        let error = allergies_after.summary.error.expect("it is said");
        assert_eq!(error.code, ErrorCode::Incomplete, "{fault:?}");

        let after = test.app.appointments().await.unwrap();
        assert_eq!(after.upcoming.len(), appointments_before.upcoming.len());
        assert_eq!(after.past.len(), appointments_before.past.len());
        assert_incomplete(&after.freshness, &fault);
        assert_eq!(after.error.expect("it is said").code, ErrorCode::Incomplete);
        let named: Vec<SyncUnit> = status
            .units
            .iter()
            .filter(|unit| unit.error.is_some())
            .map(|unit| unit.unit)
            .collect();
        assert_eq!(
            named,
            [
                SyncUnit::Appointments,
                SyncUnit::Record(SectionKind::Allergies)
            ],
            "{fault:?}"
        );

        test.mock.faults().clear();
        test.sync().await;
        let healed = allergies(&test).await;
        assert!(matches!(
            healed.summary.freshness,
            FreshnessView::Fresh { .. }
        ));
        assert_eq!(ids(&healed), ids(&allergies_before));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_cannot_be_read_any_more_keeps_its_earlier_version() {
    let test = TestApp::signed_in("full").await;
    let before = allergies(&test).await;
    let faults = test.mock.faults();
    faults.set(Rule::always(Fault::NothingFound).on("GET", "/AllergyIntolerance"));
    faults.set(
        Rule::always(Fault::BadEntry {
            entry: BadEntry::WithoutId,
        })
        .on("GET", "/AllergyIntolerance"),
    );
    test.sync().await;
    let after = allergies(&test).await;
    assert_eq!(after.items.len(), before.items.len());
    assert_eq!(after.summary.skipped, 1, "it is counted");
    assert!(
        after
            .items
            .iter()
            .all(|item| item.status != Some(ItemStatus::RemovedBySource))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn none_recorded_is_never_said_of_a_part() {
    let absence = async |test: &TestApp| {
        let shown = test.app.record_section(conditions()).await.unwrap();
        shown.summary.absence
    };
    let none = Some(AbsenceView::NoneRecorded);
    let whole = TestApp::signed_in("empty").await;
    assert_eq!(absence(&whole).await, none, "a whole answer states it");
    let bad = Fault::BadEntry {
        entry: BadEntry::WithoutId,
    };
    for (fault, path) in [
        (bad.clone(), "/Condition"),
        (Fault::Partial, "/Condition"),
        (status(503), "/Condition"),
        (Fault::Partial, "/List"),
        (bad, "/List"),
        (status(503), "/List"),
        (status(429), "/List"),
        (status(503), "/Patient"),
    ] {
        let test = TestApp::signed_in("empty").await;
        test.mock
            .faults()
            .set(Rule::always(fault.clone()).on("GET", path));
        test.sync().await;
        let said = absence(&test).await;
        assert_eq!(said, Some(AbsenceView::Unavailable), "{fault:?} on {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_does_not_take_away_what_is_known_of_the_practice() {
    for status_code in [408, 429, 503] {
        let test = TestApp::signed_in("booking-off").await;
        let before = test.app.booking_guidance().await.unwrap();
        assert_eq!(before.not_possible, Some(WhyNot::PracticeSwitchedOff));
        for path in ["/Organization", "/HealthcareService", "/List"] {
            test.mock
                .faults()
                .set(Rule::always(status(status_code)).on("GET", path));
        }
        test.sync().await;
        let after = test.app.booking_guidance().await.unwrap();
        assert_eq!(after, before, "{status_code}");
        assert!(
            after.practice.and_then(|practice| practice.phone).is_some(),
            "{status_code}: the telephone number is still there"
        );
    }
}

/// An entry that comes twice is one entry.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_comes_twice_is_shown_once() {
    let once = TestApp::signed_in("full").await;
    let twice = TestApp::start("full").await;
    twice.sign_in().await.unwrap();
    let fault = Fault::BadEntry {
        entry: BadEntry::Twice,
    };
    twice.mock.faults().set(Rule::always(fault));
    twice.sync().await;
    for section in SectionKind::ALL {
        let request = || RecordSectionRequest {
            section,
            offset: 0,
            limit: 500,
        };
        let shown = twice.app.record_section(request()).await.unwrap();
        let expected = once.app.record_section(request()).await.unwrap();
        assert_eq!(shown.total, expected.total, "{section:?}");
        assert_eq!(shown.summary.skipped, 0, "{section:?}");
    }
}

/// What an answer is called does not decide: one that reads as FHIR is taken for it. A page of HTML
/// does not, whatever it is called.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_the_wrong_name_is_read_by_what_is_in_it() {
    let expected = TestApp::signed_in("full").await;
    let expected = expected.app.record_section(conditions()).await.unwrap();
    let test = TestApp::start("full").await;
    test.sign_in().await.unwrap();
    let wrong = Rule::always(Fault::WrongContentType).on("GET", "/Condition");
    test.mock.faults().set(wrong);
    test.sync().await;
    let shown = test.app.record_section(conditions()).await.unwrap();
    assert_eq!(shown.total, expected.total);
    assert!(shown.summary.error.is_none());
}

/// An answer that does not come in time is no answer: a page that is slow, and one that never ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_too_late_takes_nothing_away() {
    for fault in [Fault::Slow { millis: 20_000 }, Fault::HangBefore] {
        let mut test = TestApp::signed_in("full").await;
        let before = test.app.record_section(conditions()).await.unwrap();
        test.restart_with_patience(Duration::from_secs(1)).await;
        let rule = Rule::always(fault.clone()).on("GET", "/Condition");
        test.mock.faults().set(rule);
        test.sync().await;
        let after = test.app.record_section(conditions()).await.unwrap();
        assert_eq!(after.items, before.items, "{fault:?}");
        let error = after.summary.error.expect("it is said");
        assert_eq!(error.code, ErrorCode::TimedOut, "{fault:?}");
    }
}

/// In the night in which the clocks go back the same time comes twice: both appointments stay, in
/// their order, and each says which of the two it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_hour_that_comes_twice_when_the_clocks_change_is_told_apart() {
    let test = TestApp::signed_in("full").await;
    let patient = test.probe().await.patient().to_owned();
    let store = test.mock.store();
    let mut one = store.resources(&patient, "Appointment").remove(0);
    one["status"] = json!("booked");
    for (id, hour) in [("summer", "00"), ("winter", "01")] {
        one["id"] = json!(id);
        one["start"] = json!(format!("2026-10-25T{hour}:30:00Z"));
        one["end"] = json!(format!("2026-10-25T{hour}:40:00Z"));
        store.put(&patient, one.clone());
    }
    test.sync().await;
    let shown = test.app.appointments().await.unwrap();
    let that_night: Vec<_> = shown
        .past
        .iter()
        .chain(&shown.upcoming)
        .filter_map(|one| Some((one.id.clone(), one.start?)))
        .filter(|(_, start)| start.local.to_string() == "2026-10-25 01:30:00")
        .collect();
    let [(first, winter), (second, summer)] = that_night.as_slice() else {
        panic!("both are there: {that_night:?}");
    };
    assert!(first.contains("winter") && second.contains("summer"));
    assert!(winter.is_ambiguous && summer.is_ambiguous);
    assert_eq!(
        (winter.offset, summer.offset),
        (LondonOffset::Gmt, LondonOffset::Bst)
    );
}

/// A server's clock that is a day off hides no change, whether it is put right or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_servers_clock_that_is_a_day_off_hides_no_change() {
    for hours in [24, -24] {
        for is_put_right in [false, true] {
            let test = TestApp::start("full").await;
            test.sign_in().await.unwrap();
            test.mock
                .faults()
                .set(Rule::always(Fault::WrongClock { hours }));
            test.sync().await;
            test.sync().await;
            if is_put_right {
                test.mock.faults().clear();
            }
            test.mock.clock().advance(TimeDelta::minutes(10));
            let patient = test.probe().await.patient().to_owned();
            let mut amended = test.mock.store().resources(&patient, "Condition").remove(0);
            amended["code"] = json!({"text": "Amended problem"});
            test.mock.store().put(&patient, amended);
            test.sync().await;
            let shown = test.app.record_section(conditions()).await.unwrap();
            let is_there = shown
                .items
                .iter()
                .any(|item| item.title.words() == Some("Amended problem"));
            assert!(is_there, "{hours} h, put right: {is_put_right}");
        }
    }
}

/// A sign-in that the server takes for ended in the middle of a check is renewed, or asked for; what
/// is held stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_ends_in_the_middle_of_a_check_takes_nothing_away() {
    let test = TestApp::signed_in("full").await;
    let before = test.app.record_section(conditions()).await.unwrap();
    let expired = Rule::once(Fault::ExpiredAccessToken).after(3);
    test.mock.faults().set(expired);
    test.sync().await;
    let after = test.app.record_section(conditions()).await.unwrap();
    assert!(after.summary.error.is_none(), "it was renewed");

    for fault in [Fault::ExpiredRefreshToken, status(401)] {
        let test = TestApp::signed_in("full").await;
        let faults = test.mock.faults();
        faults.set(Rule::always(Fault::ExpiredAccessToken).after(3));
        faults.set(Rule::always(fault.clone()).on("POST", "/auth/token"));
        test.sync().await;
        let after = test.app.record_section(conditions()).await.unwrap();
        assert_eq!(after.total, before.total, "{fault:?}");
        let error = after.summary.error.expect("it is said");
        assert_eq!(error.code, ErrorCode::SignInNeeded, "{fault:?}");
    }
}

async fn allergies(test: &TestApp) -> RecordSectionView {
    let request = RecordSectionRequest {
        section: SectionKind::Allergies,
        offset: 0,
        limit: 500,
    };
    test.app.record_section(request).await.unwrap()
}

fn assert_incomplete(freshness: &FreshnessView, fault: &Fault) {
    let FreshnessView::Stale { because, at } = freshness else {
        panic!("{fault:?}: {freshness:?}");
    };
    assert_eq!(*because, ErrorCode::Incomplete, "{fault:?}");
    assert!(at.is_some(), "{fault:?}: it was whole before");
}
