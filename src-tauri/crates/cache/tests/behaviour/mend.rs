//! Damage to what the patient made: found, named, and mended only after their yes.

use hale_core::ports::{BookingState, Cache, Device, OpenStoreError, Own, StoredBooking};

use crate::support::{TestDevice, at, copied, entry, everything, files_below, source};

const OWNER: &str = "identity";
const PAGE: usize = 4096;

/// A booking of about a third of a page, so that a few fill several pages.
pub(crate) fn booking(number: u128) -> StoredBooking {
    StoredBooking {
        booking_id: uuid::Uuid::from_u128(number),
        request_id: uuid::Uuid::from_u128(number << 64),
        source: source(),
        state: BookingState::Sent,
        body: "b".repeat(if number.is_multiple_of(8) { 9000 } else { 1000 }),
        slot: "{}".to_owned(),
        reason: Some(format!("Reason {number}")),
        confirmed_at: at(i64::try_from(number).unwrap()),
        last_checked: None,
        first_absent: None,
        is_told: true,
        replaces: None,
    }
}

/// A device with bookings, notes and a mirror, closed.
async fn filled(bookings: u128) -> TestDevice {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    record.apply(vec![entry("1", "Asthma")]).await.unwrap();
    own.put_note(OWNER.into(), Some(r#"{"who":1}"#.into()))
        .await
        .unwrap();
    own.put_note("draft".into(), Some("{}".into()))
        .await
        .unwrap();
    for number in 1..=bookings {
        own.put_booking(booking(number)).await.unwrap();
    }
    test
}

fn flip(test: &TestDevice, name: &str, page: usize) {
    let mut bytes = std::fs::read(test.file(name)).unwrap();
    bytes[page * PAGE + 1234] ^= 0x10;
    std::fs::write(test.file(name), bytes).unwrap();
}

fn pages(test: &TestDevice, name: &str) -> usize {
    usize::try_from(std::fs::metadata(test.file(name)).unwrap().len()).unwrap() / PAGE
}

#[tokio::test]
async fn one_bit_on_any_page_of_what_the_patient_made_is_found_and_nothing_goes_without_a_yes() {
    const BOOKINGS: u128 = 40;
    let pages = pages(&filled(BOOKINGS).await, "own.db");
    assert!(pages > 10, "{pages} pages");
    let (mut mended, mut in_part) = (0, 0);
    for page in 0..pages {
        let test = filled(BOOKINGS).await;
        flip(&test, "own.db", page);
        let damaged = std::fs::read(test.file("own.db")).unwrap();
        for _ in 0..2 {
            assert!(
                matches!(test.open().await, Err(OpenStoreError::Unreadable(_))),
                "page {page}"
            );
            assert!(std::fs::read(test.file("own.db")).unwrap() == damaged);
        }
        let salvaged = test.device.mend(test.person.clone(), OWNER).await.unwrap();
        let aside = salvaged.kept_aside.unwrap();
        assert!(
            std::fs::read(test.file(&aside)).unwrap() == damaged,
            "page {page}: the damaged file stays as it was"
        );
        let (record, own) = test.open().await.unwrap();
        let kept = own.bookings().await.unwrap();
        for found in &kept {
            assert_eq!(*found, booking(found.booking_id.as_u128()), "page {page}");
        }
        let notes = [own.note(OWNER.into()).await, own.note("draft".into()).await]
            .into_iter()
            .filter(|note| note.as_ref().unwrap().is_some())
            .count();
        assert_eq!(
            kept.len() + notes,
            salvaged.kept as usize,
            "page {page}: what it says is what is there"
        );
        if let Some(lost) = salvaged.lost {
            assert_eq!(salvaged.kept + lost, 42, "page {page}");
        }
        let listed = record.list(everything()).await.unwrap().total;
        // Nobody knows whose it was: nothing is shown to whoever signs in next.
        let is_owner_known = notes == 2;
        assert_eq!(listed, u32::from(is_owner_known), "page {page}");
        assert!(is_owner_known || kept.is_empty(), "page {page}");
        mended += usize::from(is_owner_known);
        in_part += usize::from(is_owner_known && kept.len() < 40);
    }
    assert!(mended > pages / 2, "{mended} of {pages} pages");
    assert!(in_part > 3, "leaves of the bookings were among them");
}

#[tokio::test]
async fn a_file_that_was_cut_short_gives_what_is_left_of_it() {
    let test = filled(40).await;
    let bytes = std::fs::read(test.file("own.db")).unwrap();
    std::fs::write(test.file("own.db"), &bytes[..bytes.len() - 3 * PAGE - 100]).unwrap();
    assert!(matches!(
        test.open().await,
        Err(OpenStoreError::Unreadable(_))
    ));
    let salvaged = test.device.mend(test.person.clone(), OWNER).await.unwrap();
    assert!(salvaged.kept > 20, "{salvaged:?}");
    assert_ne!(salvaged.lost, Some(0));
    let (_, own) = test.open().await.unwrap();
    assert_eq!(
        own.bookings().await.unwrap().len() + 2,
        salvaged.kept as usize
    );
}

#[tokio::test]
async fn what_stood_in_the_log_alone_is_salvaged_too() {
    let test = filled(40).await;
    let (record, own) = test.open().await.unwrap();
    own.put_booking(booking(41)).await.unwrap();
    // As a power cut leaves it: the log is not emptied into the file.
    let copy = copied(&test);
    drop((record, own));
    assert!(std::fs::metadata(copy.file("own.db-wal")).unwrap().len() > 0);
    let page = pages(&copy, "own.db") / 2;
    flip(&copy, "own.db", page);
    let before = std::fs::read(copy.file("own.db-wal")).unwrap();
    let salvaged = copy.device.mend(copy.person.clone(), OWNER).await.unwrap();
    let aside = salvaged.kept_aside.unwrap();
    assert!(std::fs::read(copy.file(&format!("{aside}-wal"))).unwrap() == before);
    let (_, own) = copy.open().await.unwrap();
    let kept = own.bookings().await.unwrap();
    assert!(kept.contains(&booking(41)), "{} kept", kept.len());
}

#[tokio::test]
async fn a_whole_file_is_not_mended() {
    let test = filled(3).await;
    let before = std::fs::read(test.file("own.db")).unwrap();
    let salvaged = test.device.mend(test.person.clone(), OWNER).await.unwrap();
    assert_eq!(
        (salvaged.kept, salvaged.lost, salvaged.kept_aside),
        (0, Some(0), None)
    );
    assert!(std::fs::read(test.file("own.db")).unwrap() == before);
}

#[tokio::test]
async fn a_wrong_key_mends_nothing() {
    let test = filled(3).await;
    let [(name, _)] = test.keys.entries().try_into().unwrap();
    hale_cache::KeyStore::set(&test.keys, &name, &"ab".repeat(32)).unwrap();
    let before = files_below(test.folder.path()).len();
    let mended = test.device.mend(test.person.clone(), OWNER).await;
    assert!(matches!(mended, Err(OpenStoreError::WrongKey)));
    assert_eq!(files_below(test.folder.path()).len(), before);
}

/// Between any two steps of putting the new file in the place of the old one, the power may go.
#[tokio::test]
async fn a_mending_that_was_stopped_ends_at_the_next_start() {
    let test = filled(20).await;
    let page = pages(&test, "own.db") - 1;
    flip(&test, "own.db", page);
    let damaged = std::fs::read(test.file("own.db")).unwrap();
    let salvaged = test.device.mend(test.person.clone(), OWNER).await.unwrap();
    let mended = std::fs::read(test.file("own.db")).unwrap();
    // Back to where the new file was complete and the old one still in its place, with its log.
    std::fs::rename(test.file("own.db"), test.file("own.mended.db")).unwrap();
    std::fs::write(test.file("own.db"), &damaged).unwrap();
    std::fs::write(test.file("own.db-wal"), b"an old log").unwrap();
    let (_, own) = test.open().await.unwrap();
    assert_eq!(
        own.bookings().await.unwrap().len() + 2,
        salvaged.kept as usize
    );
    drop(own);
    assert!(!test.file("own.mended.db").exists());
    assert_eq!(
        std::fs::read(test.file("own.db")).unwrap().len(),
        mended.len()
    );
}

#[tokio::test]
async fn a_file_that_is_gone_is_made_anew_only_after_a_yes() {
    let test = filled(3).await;
    std::fs::remove_file(test.file("own.db")).unwrap();
    assert!(matches!(
        test.open().await,
        Err(OpenStoreError::Unreadable(_))
    ));
    let salvaged = test.device.mend(test.person.clone(), OWNER).await.unwrap();
    assert_eq!(
        (salvaged.kept, salvaged.lost, salvaged.kept_aside),
        (0, None, None)
    );
    let (record, own) = test.open().await.unwrap();
    assert!(own.bookings().await.unwrap().is_empty());
    assert_eq!(record.list(everything()).await.unwrap().total, 0);
    assert!(record.was_renewed());
}

/// One bit on any page of the mirror: what is read is right, or it is refused and made anew.
#[tokio::test]
async fn one_bit_on_any_page_of_the_mirror_never_shows_a_wrong_record() {
    // Long ones too, which go over several pages.
    let words = "Asthma of childhood ".repeat(700);
    let entries: Vec<_> = (0..60)
        .map(|id| {
            entry(
                &id.to_string(),
                &words[..if id % 6 == 0 { 14_000 } else { 19 }],
            )
        })
        .collect();
    let template = filled(1).await;
    let (record, own) = template.open().await.unwrap();
    record.apply(entries).await.unwrap();
    let whole = record.list(everything()).await.unwrap();
    drop((record, own));
    let bytes = std::fs::read(template.file("record.db")).unwrap();
    let (mut renewed, mut refused, mut unread) = (0, 0, 0);
    for page in 0..bytes.len() / PAGE {
        std::fs::write(template.file("record.db"), &bytes).unwrap();
        flip(&template, "record.db", page);
        let (record, own) = template.open().await.unwrap();
        if record.was_renewed() {
            assert_eq!(record.list(everything()).await.unwrap().total, 0);
            renewed += 1;
        } else {
            let one_by_one = async {
                // The last page that an answer needs may be the damaged one.
                for row in &whole.rows {
                    let found = record.get_many(vec![row.key.clone()]).await?;
                    assert_eq!(found, std::slice::from_ref(row), "page {page}");
                }
                record.list(everything()).await
            };
            match one_by_one.await {
                Ok(listed) => {
                    assert_eq!(listed, whole, "page {page}");
                    unread += 1;
                }
                Err(error) => {
                    assert!(
                        matches!(error, hale_core::ports::CacheError::MirrorDamaged),
                        "{error:?}"
                    );
                    assert!(record.needs_reopening());
                    // A check that was under way adds nothing to what is gone.
                    assert!(record.apply(vec![entry("x", "y")]).await.is_err());
                    drop(record);
                    let (record, _own) = template.open().await.unwrap();
                    assert!(record.was_renewed(), "page {page}");
                    assert!(record.unit_states().await.unwrap().is_empty());
                    assert_eq!(record.list(everything()).await.unwrap().total, 0);
                    refused += 1;
                }
            }
        }
        assert_eq!(own.bookings().await.unwrap().len(), 1, "page {page}");
    }
    assert!(renewed > 0 && refused > 3, "{renewed} {refused} {unread}");
}
