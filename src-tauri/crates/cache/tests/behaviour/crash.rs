//! What is on the disk when the power goes, at any moment.

use std::path::Path;

use hale_cache::LocalDevice;
use hale_core::ports::{Cache, Device, Own};
use hale_core::sync::plan::{Extent, SyncAction};

use crate::support::{TestDevice, UNIT, at, entry, everything, files_below, source};

/// A copy of the files as they are on the disk at this moment, with the same keys.
fn as_after_a_power_cut(test: &TestDevice) -> (tempfile::TempDir, LocalDevice) {
    let copy = tempfile::tempdir().unwrap();
    for path in files_below(test.folder.path()) {
        let relative = path.strip_prefix(test.folder.path()).unwrap();
        // The index of the log lives in shared memory and is not there after a power cut.
        if relative.to_string_lossy().ends_with("-shm") {
            continue;
        }
        let target = copy.path().join(relative);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).unwrap();
    }
    let device = LocalDevice::with_keys(copy.path().to_owned(), test.keys.clone());
    (copy, device)
}

/// Ten entries, and in the same transaction the note of how many there are now.
fn batch(number: u32) -> Vec<SyncAction> {
    let mut actions: Vec<_> = (0..10)
        .map(|id| entry(&format!("{number}-{id}"), "Asthma"))
        .collect();
    actions.push(SyncAction::FinishUnit {
        source: source(),
        unit: UNIT,
        run: 1,
        extent: Extent::Whole,
        cursor: Some(at(i64::from(number))),
        basis: String::new(),
        at: at(i64::from(number)),
        skipped: (number + 1) * 10,
    });
    actions
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_power_cut() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    record.apply(batch(0)).await.unwrap();
    own.put_note("draft".into(), Some("{}".into()))
        .await
        .unwrap();
    let (_copy, device) = as_after_a_power_cut(&test);
    let (record, own) = device.open(test.person.clone()).await.unwrap();
    assert_eq!(record.list(everything()).await.unwrap().total, 10);
    assert!(own.note("draft".into()).await.unwrap().is_some());
}

#[tokio::test]
async fn rows_and_cursor_agree_wherever_the_log_was_cut() {
    let test = TestDevice::new();
    let (record, _own) = test.create().await;
    for number in 0..5 {
        record.apply(batch(number)).await.unwrap();
    }
    let log = |folder: &Path| {
        folder
            .join("people")
            .join(&test.person.0)
            .join("record.db-wal")
    };
    let length = std::fs::metadata(log(test.folder.path())).unwrap().len();
    let mut totals = std::collections::BTreeSet::new();
    for cut in (0..=20).map(|step| length * step / 20) {
        let (copy, device) = as_after_a_power_cut(&test);
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(log(copy.path()))
            .unwrap();
        file.set_len(cut).unwrap();
        drop(file);
        let (record, _own) = device.open(test.person.clone()).await.unwrap();
        let total = record.list(everything()).await.unwrap().total;
        let states = record.unit_states().await.unwrap();
        assert_eq!(
            states.first().map_or(0, |state| state.skipped),
            total,
            "cut at {cut}: rows and cursor are of the same transaction"
        );
        totals.insert(total);
    }
    assert!(totals.contains(&50), "the whole log holds everything");
    assert!(totals.len() > 2, "the cuts fell between the transactions");
}
