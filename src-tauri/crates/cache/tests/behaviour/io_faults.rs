//! The disk fails, at every place where it can: nothing is half written, nothing is called damaged
//! that is whole, and what was answered is there.

use hale_cache::{OwnStore, RecordStore};
use hale_core::ports::{
    Cache, CacheError, ListPage, OpenStoreError, Outbox, Own, RequestForm, RequestKind,
    RequestState, StoredBooking, StoredRequest, UnitState,
};
use hale_core::sync::plan::{Extent, SyncAction};
use hale_faulty_disk::{Fault, FaultyDisk, Lasts};
use uuid::Uuid;

use crate::mend::booking;
use crate::support::{TestDevice, UNIT, at, copied, entry, everything, make_record_older, source};

const FAULTS: [(Fault, Lasts); 9] = [
    (Fault::Full, Lasts::Always),
    (Fault::Full, Lasts::Once),
    (Fault::Write, Lasts::Once),
    (Fault::Write, Lasts::Always),
    (Fault::ShortWrite, Lasts::Once),
    (Fault::Sync, Lasts::Once),
    (Fault::Sync, Lasts::Always),
    (Fault::Read, Lasts::Once),
    (Fault::Read, Lasts::Always),
];

/// Everything that is on the device.
#[derive(Debug, PartialEq)]
struct State {
    bookings: Vec<StoredBooking>,
    draft: Option<String>,
    requests: Vec<StoredRequest>,
    listed: ListPage,
    units: Vec<UnitState>,
}

async fn state(test: &TestDevice) -> State {
    let (record, own) = test.open().await.expect("without faults it opens");
    assert!(!record.was_renewed(), "a failing disk is no damage");
    assert!(!record.needs_reopening());
    State {
        bookings: own.bookings().await.unwrap(),
        draft: own.note("draft".into()).await.unwrap(),
        requests: own.requests().await.unwrap(),
        listed: record.list(everything()).await.unwrap(),
        units: record.unit_states().await.unwrap(),
    }
}

async fn template() -> TestDevice {
    FaultyDisk::prepare();
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    record.apply(batch(0, 20)).await.unwrap();
    own.put_booking(booking(1)).await.unwrap();
    own.put_request(request(1)).await.unwrap();
    own.put_note("draft".into(), Some("before".into()))
        .await
        .unwrap();
    drop((record, own));
    test
}

/// Entries, and in the same transaction how many there are.
fn batch(first: u32, count: u32) -> Vec<SyncAction> {
    let mut actions: Vec<_> = (first..first + count)
        .map(|id| entry(&id.to_string(), &format!("Asthma {}", "x".repeat(300))))
        .collect();
    actions.push(SyncAction::FinishUnit {
        source: source(),
        unit: UNIT,
        run: 1,
        extent: Extent::Whole,
        cursor: Some(at(i64::from(first))),
        basis: String::new(),
        at: at(i64::from(first)),
        skipped: 0,
    });
    actions
}

/// A cancellation that the patient confirmed.
fn request(id: u128) -> StoredRequest {
    StoredRequest {
        id: Uuid::from_u128(id),
        request_id: Uuid::from_u128(id + 100),
        kind: RequestKind::CancelAppointment,
        source: source(),
        patient_id: "p".into(),
        subject: format!("Appointment/{id}"),
        form: RequestForm::Change {
            base: r#"{"resourceType":"Appointment"}"#.into(),
            version: Some("1".into()),
            fields: r#"{"status":"cancelled"}"#.into(),
        },
        confirmed_at: at(1),
        expires_at: Some(at(2)),
        attempts: 0,
        may_have_arrived: false,
        in_doubt_since: None,
        state: RequestState::Waiting { not_before: None },
    }
}

#[derive(Debug, Clone, Copy)]
enum Work {
    Book,
    Draft,
    Batch,
    Request,
    Undo,
}

const ALL: [Work; 5] = [
    Work::Book,
    Work::Draft,
    Work::Batch,
    Work::Request,
    Work::Undo,
];

async fn perform(work: Work, record: &RecordStore, own: &OwnStore) -> Result<(), CacheError> {
    match work {
        Work::Book => own.put_booking(booking(2)).await,
        Work::Draft => own.put_note("draft".into(), Some("after".into())).await,
        Work::Batch => record.apply(batch(20, 30)).await,
        Work::Request => own.put_request(request(2)).await,
        Work::Undo => own.forget_request(request(1).id).await,
    }
}

/// What a failing disk may be called, and what it may not: damage, another key, nothing there.
fn is_named_well(error: &CacheError) -> bool {
    matches!(
        error,
        CacheError::DiskFull(_) | CacheError::ReadOnly(_) | CacheError::CannotWrite(_)
    )
}

fn is_opening_named_well(error: &OpenStoreError) -> bool {
    matches!(
        error,
        OpenStoreError::DiskFull(_) | OpenStoreError::ReadOnly(_) | OpenStoreError::Io(_)
    )
}

/// Opens, works, closes, with the fault at one place more each time, until it finds no place.
async fn everywhere(work: Work) {
    let template = template().await;
    let before = state(&template).await;
    let after = {
        let done = copied(&template);
        let (record, own) = done.open().await.unwrap();
        perform(work, &record, &own).await.unwrap();
        drop((record, own));
        state(&done).await
    };
    assert_ne!(before, after);
    for (fault, lasts) in FAULTS {
        let (mut refused, mut places) = (0, 0);
        for spared in 0.. {
            let test = copied(&template);
            let disk = FaultyDisk::strike(test.folder.path(), fault, lasts, spared);
            let answer = match test.open().await {
                Ok((record, own)) => Some(perform(work, &record, &own).await),
                Err(error) => {
                    assert!(
                        is_opening_named_well(&error),
                        "{work:?} {fault:?} {lasts:?} {spared}: {error:?}"
                    );
                    None
                }
            };
            let struck = disk.struck();
            drop(disk);
            let left = state(&test).await;
            let is_done = match &answer {
                Some(Ok(())) => {
                    assert_eq!(left, after, "{work:?} {fault:?} {lasts:?} {spared}");
                    true
                }
                Some(Err(error)) => {
                    assert!(
                        is_named_well(error),
                        "{work:?} {fault:?} {lasts:?} {spared}: {error:?}"
                    );
                    refused += 1;
                    false
                }
                None => false,
            };
            assert!(
                left == before || left == after,
                "{work:?} {fault:?} {lasts:?} {spared}: in between\n{left:#?}"
            );
            if struck == 0 {
                assert!(is_done);
                break;
            }
            places += 1;
        }
        assert!(places > 0, "{work:?} {fault:?}: it strikes");
        println!("{work:?} {fault:?} {lasts:?}: {places} places, {refused} refused");
    }
}

#[tokio::test]
async fn a_booking_is_kept_whole_or_not_at_all_wherever_the_disk_fails() {
    everywhere(Work::Book).await;
}

#[tokio::test]
async fn a_draft_is_kept_whole_or_not_at_all_wherever_the_disk_fails() {
    everywhere(Work::Draft).await;
}

#[tokio::test]
async fn a_request_is_kept_whole_or_not_at_all_wherever_the_disk_fails() {
    everywhere(Work::Request).await;
}

#[tokio::test]
async fn a_request_is_taken_back_or_stays_wherever_the_disk_fails() {
    everywhere(Work::Undo).await;
}

#[tokio::test]
async fn rows_and_cursor_arrive_together_or_not_at_all_wherever_the_disk_fails() {
    everywhere(Work::Batch).await;
}

#[tokio::test]
async fn a_migration_is_made_whole_or_not_at_all_wherever_the_disk_fails() {
    let template = template().await;
    make_record_older(&template, 200);
    for (fault, lasts) in FAULTS {
        let mut places = 0;
        // Every place would be thousands of openings: the first ones and some of the later.
        for spared in (0..40_u64).chain((40..).step_by(17)) {
            let test = copied(&template);
            let disk = FaultyDisk::strike(test.folder.path(), fault, lasts, spared);
            if let Err(error) = test.open().await {
                assert!(
                    is_opening_named_well(&error),
                    "{fault:?} {lasts:?} {spared}: {error:?}"
                );
            }
            let struck = disk.struck();
            drop(disk);
            let (record, _own) = test.open().await.unwrap();
            assert!(!record.was_renewed(), "{fault:?} {lasts:?} {spared}");
            let found = record.search("number 17".into(), 5).await.unwrap();
            assert_eq!(
                found.len(),
                5,
                "{fault:?} {lasts:?} {spared}: the words are there"
            );
            assert_eq!(record.list(everything()).await.unwrap().total, 200);
            if struck == 0 {
                break;
            }
            places += 1;
        }
        assert!(places > 0, "{fault:?}: it strikes");
    }
}

#[tokio::test]
async fn with_a_full_disk_or_a_folder_that_may_only_be_read_the_record_is_read_all_the_same() {
    for fault in [Fault::Full, Fault::ReadOnlyFolder] {
        let test = template().await;
        let before = state(&test).await;
        let disk = FaultyDisk::strike(test.folder.path(), fault, Lasts::Always, 0);
        let (record, own) = test.open().await.unwrap();
        assert!(record.needs_reopening());
        assert_eq!(own.bookings().await.unwrap(), before.bookings);
        assert_eq!(record.list(everything()).await.unwrap(), before.listed);
        for work in ALL {
            let refused = perform(work, &record, &own).await.unwrap_err();
            let is_right = match fault {
                Fault::Full => matches!(refused, CacheError::DiskFull(_)),
                _ => matches!(refused, CacheError::ReadOnly(_)),
            };
            assert!(is_right, "{fault:?} {work:?}: {refused:?}");
        }
        assert!(disk.struck() > 0);
        drop((record, own, disk));
        assert_eq!(state(&test).await, before, "{fault:?}");
        let (record, own) = test.open().await.unwrap();
        for work in ALL {
            perform(work, &record, &own).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_while_the_app_runs_is_named_and_reading_goes_on() {
    let test = template().await;
    let (record, own) = test.open().await.unwrap();
    let listed = record.list(everything()).await.unwrap();
    let disk = FaultyDisk::strike(test.folder.path(), Fault::Full, Lasts::Always, 0);
    for work in ALL {
        let refused = perform(work, &record, &own).await.unwrap_err();
        assert!(matches!(refused, CacheError::DiskFull(_)), "{refused:?}");
        assert_eq!(record.list(everything()).await.unwrap(), listed);
        assert_eq!(own.bookings().await.unwrap(), [booking(1)]);
    }
    drop(disk);
    for work in ALL {
        perform(work, &record, &own).await.expect("room was made");
    }
}
