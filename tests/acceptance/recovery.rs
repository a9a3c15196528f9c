//! Damage on the device, and a device that cannot write: what the patient is told, and the way back.

use std::path::{Path, PathBuf};

use hale_contracts::account::SessionView;
use hale_contracts::error::ErrorCode;
use hale_contracts::provenance::FreshnessView;
use hale_contracts::record::{RecordSectionRequest, SectionKind};
use hale_faulty_disk::{Fault, FaultyDisk, Lasts};
use hale_support::TestApp;

use crate::appointments::{first_free, held, request};

const PAGE: usize = 4096;

fn conditions() -> RecordSectionRequest {
    RecordSectionRequest {
        section: SectionKind::Conditions,
        offset: 0,
        limit: 500,
    }
}

/// Where a file of the only person stands.
fn file(test: &TestApp, name: &str) -> PathBuf {
    let people = test.folder().join("people");
    let person = people.read_dir().unwrap().next().unwrap().unwrap();
    person.path().join(name)
}

/// Flips a bit on every page from this one on.
fn damage(path: &Path, from: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    for byte in bytes.iter_mut().skip(from * PAGE + 1000).step_by(PAGE) {
        *byte ^= 4;
    }
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_of_the_record_is_read_again_by_the_next_check() {
    let mut test = TestApp::signed_in("full").await;
    let before = test.app.record_section(conditions()).await.unwrap();
    test.close();
    damage(&file(&test, "record.db"), 1);
    test.restart().await;
    let refused = test.app.record_section(conditions()).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RecordDamaged);
    let status = test.sync().await;
    assert!(status.units.iter().all(|unit| unit.error.is_none()));
    let after = test.app.record_section(conditions()).await.unwrap();
    assert_eq!(after.items.len(), before.items.len());
    assert!(matches!(
        after.summary.freshness,
        FreshnessView::Fresh { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_a_damaged_copy_says_why_it_is_empty() {
    let mut test = TestApp::signed_in("full").await;
    test.close();
    damage(&file(&test, "record.db"), 0);
    test.mock.stop().await;
    let session = test.restart().await;
    assert!(
        matches!(session, SessionView::SignedIn { .. }),
        "{session:?}"
    );
    let section = test.app.record_section(conditions()).await.unwrap();
    assert!(section.items.is_empty());
    assert!(
        matches!(
            section.summary.freshness,
            FreshnessView::Stale {
                at: None,
                because: ErrorCode::RecordDamaged
            }
        ),
        "{:?}",
        section.summary.freshness
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_of_the_patients_own_is_mended_only_when_they_say_so() {
    let mut test = TestApp::signed_in("full").await;
    assert!(test.app.mend().await.is_err(), "nothing is damaged");
    let slot = first_free(&test).await;
    let booking = request(&slot);
    test.app.book_appointment(booking.clone()).await.unwrap();
    test.close();
    let own = file(&test, "own.db");
    let whole = std::fs::read(&own).unwrap();
    let mut was_whole = 0;
    for page in 1..whole.len() / PAGE {
        let mut bytes = whole.clone();
        bytes[page * PAGE + 77] ^= 1;
        test.close();
        std::fs::write(&own, &bytes).unwrap();
        let SessionView::Locked { error } = test.restart().await else {
            panic!("page {page}: damage was not found");
        };
        assert_eq!(error.code, ErrorCode::StoreDamaged);
        assert!(std::fs::read(&own).unwrap() == bytes, "nothing was touched");
        let mended = test.app.mend().await.unwrap();
        let aside = file(&test, &mended.kept_aside.unwrap());
        assert!(std::fs::read(&aside).unwrap() == bytes);
        match mended.session {
            SessionView::SignedIn { .. } => {
                assert!(mended.kept > 0);
                was_whole += 1;
                assert!(test.app.record_section(conditions()).await.is_ok());
            }
            // Whose it was is lost with the page: it is asked for again, and nothing is shown.
            SessionView::SignedOut { .. } => assert_eq!(mended.kept, 0),
            other => panic!("{other:?}"),
        }
        test.sign_in().await.unwrap();
        test.sync().await;
        assert_eq!(
            held(&test, &booking.booking_id).await,
            1,
            "nothing is sent again"
        );
        let shown = test.app.appointments().await.unwrap();
        assert!(
            shown
                .upcoming
                .iter()
                .any(|shown| shown.start == Some(slot.start)),
            "page {page}: the booking is there, as the practice has it"
        );
    }
    assert!(was_whole > 2, "{was_whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_cannot_write_shows_the_record_and_says_why_nothing_is_saved() {
    for (fault, code) in [
        (Fault::Full, ErrorCode::DiskFull),
        (Fault::ReadOnlyFolder, ErrorCode::FolderReadOnly),
    ] {
        FaultyDisk::prepare();
        let mut test = TestApp::signed_in("full").await;
        let before = test.app.record_section(conditions()).await.unwrap();
        let slot = first_free(&test).await;
        let booking = request(&slot);
        test.close();
        let disk = FaultyDisk::strike(test.folder(), fault, Lasts::Always, 0);
        let session = test.restart().await;
        assert!(
            matches!(session, SessionView::SignedIn { .. }),
            "{fault:?}: {session:?}"
        );
        let shown = test.app.record_section(conditions()).await.unwrap();
        assert_eq!(shown.items, before.items);
        let refused = test.app.sync_now(&|_| {}).await.unwrap_err().code();
        assert_eq!(refused, code, "{fault:?}");
        assert!(
            test.app
                .find_slots(crate::appointments::search())
                .await
                .is_ok()
        );
        assert!(test.app.book_appointment(booking.clone()).await.is_err());
        assert_eq!(
            held(&test, &booking.booking_id).await,
            0,
            "what is not on the disk is not sent"
        );
        drop(disk);
        // Room was made: the next check writes again, without a new start.
        test.sync().await;
        test.app
            .find_slots(crate::appointments::search())
            .await
            .unwrap();
        test.app.book_appointment(booking.clone()).await.unwrap();
        assert_eq!(held(&test, &booking.booking_id).await, 1);
    }
}
