//! No network: everything that was loaded is still readable, and says how fresh it is.

use std::path::{Path, PathBuf};

use hale_contracts::account::SessionView;
use hale_contracts::appointments::BookingOutcomeView;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::reasons::WhyNot;
use hale_contracts::record::{RecordSectionRequest, SectionKind};
use hale_support::TestApp;

use crate::appointments::{first_free, request};

fn section(section: SectionKind) -> RecordSectionRequest {
    RecordSectionRequest {
        section,
        offset: 0,
        limit: 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_again_after_a_restart_without_a_network() {
    let mut test = TestApp::signed_in("full").await;
    let mut before = Vec::new();
    for kind in SectionKind::ALL {
        before.push(test.app.record_section(section(kind)).await.unwrap().items);
    }
    let appointments = test.app.appointments().await.unwrap();
    assert!(
        before.iter().all(|items| !items.is_empty()),
        "the persona has every section"
    );
    test.mock.stop().await;
    let session = test.restart().await;
    assert!(
        matches!(session, SessionView::SignedIn { .. }),
        "{session:?}"
    );
    let status = test.sync().await;
    assert!(status.is_offline, "a check without a network says so");
    for (kind, before) in SectionKind::ALL.into_iter().zip(before) {
        let after = test.app.record_section(section(kind)).await.unwrap();
        assert_eq!(after.items, before, "{kind:?}");
        assert!(
            matches!(
                after.summary.freshness,
                FreshnessView::Stale { at: Some(_), .. }
            ),
            "{kind:?} says when it was last updated: {:?}",
            after.summary.freshness
        );
    }
    let after = test.app.appointments().await.unwrap();
    assert_eq!(after.upcoming, appointments.upcoming);
    assert_eq!(after.past, appointments.past);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_without_a_network_says_why_and_is_never_queued() {
    let mut test = TestApp::signed_in("full").await;
    let slot = first_free(&test).await;
    test.mock.stop().await;
    let outcome = test.app.book_appointment(request(&slot)).await.unwrap();
    assert!(
        matches!(outcome, BookingOutcomeView::NotSent { .. }),
        "nothing left this device: {outcome:?}"
    );
    test.restart().await;
    test.sync().await;
    let guidance = test.app.booking_guidance().await.unwrap();
    assert_eq!(guidance.not_possible, Some(WhyNot::Offline));
    let appointments = test.app.appointments().await.unwrap();
    assert!(
        appointments.unconfirmed.is_empty(),
        "nothing waits to be sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_patient_is_readable_on_the_disk() {
    let test = TestApp::signed_in("full").await;
    let SessionView::SignedIn { person, .. } = test.app.session_view().await else {
        panic!("not signed in");
    };
    let number = person.nhs_number.expect("the persona has an NHS number");
    let surname = person.name.split_whitespace().last().unwrap().to_owned();
    let conditions = test
        .app
        .record_section(section(SectionKind::Conditions))
        .await
        .unwrap();
    let mut canaries = vec![
        number,
        surname,
        "snomed".to_owned(),
        "resourceType".to_owned(),
    ];
    canaries.extend(
        conditions
            .items
            .iter()
            .filter_map(|item| item.title.words().map(str::to_owned)),
    );
    let files = files_below(test.folder());
    assert!(files.len() >= 3, "the files were found: {files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for canary in &canaries {
            assert!(
                !contains(&bytes, canary.as_bytes()),
                "{canary} can be read in {}",
                file.display()
            );
        }
        if file.extension().is_some_and(|extension| extension == "db") {
            assert!(
                !bytes.starts_with(b"SQLite format 3"),
                "{} is not encrypted",
                file.display()
            );
        }
    }
}

#[test]
fn the_search_for_readable_text_finds_it_where_it_is() {
    assert!(contains(b"...resourceType...", b"resourceType"));
    assert!(contains(b"RESOURCEtype", b"resourceType"));
    assert!(!contains(b"nothing", b"resourceType"));
}

fn contains(bytes: &[u8], canary: &[u8]) -> bool {
    bytes
        .windows(canary.len())
        .any(|window| window.eq_ignore_ascii_case(canary))
}

pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
