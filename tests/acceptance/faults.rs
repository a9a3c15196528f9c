//! A table of faults: whatever a server does, what was there stays, the fault is said, and nothing
//! reads as "none".

use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::{
    AbsenceView, ItemStatus, RecordItemId, RecordSectionRequest, RecordSectionView, SectionKind,
};
use hale_contracts::sync::SyncUnit;
use hale_mock_backend::{BadEntry, Fault, Rule};
use hale_support::{TestApp, status};

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
    ]
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
