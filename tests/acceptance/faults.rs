//! A table of faults: whatever a server does, what was there stays, the fault is said, and nothing
//! reads as "none".

use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{AbsenceView, RecordSectionRequest, SectionKind};
use hale_mock_backend::{Fault, Rule};
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
