//! Nothing of a person is on the disk in the clear.

use std::path::Path;

use hale_contracts::sync::SyncUnit;
use hale_core::ports::{
    BookingState, Cache, Device, DeviceSettings, Own, SeenMark, StoredBooking, Tokens,
};
use uuid::Uuid;

use crate::support::{TestDevice, at, entry, everything, files_below, source};

/// Made-up details that stand nowhere else.
const CANARIES: [&str; 6] = [
    "Quillfeather",
    "9990000018",
    "195967001",
    "tok-5f0c1e77-canary",
    "walnut-shaped swelling",
    "Appointment-8814",
];

/// The first file below a folder that holds a canary, in any case.
fn find_canary(folder: &Path) -> Option<String> {
    files_below(folder).iter().find_map(|path| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        CANARIES.iter().find_map(|canary| {
            let canary = canary.to_ascii_lowercase();
            bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes())
                .then(|| format!("{canary} in {}", path.display()))
        })
    })
}

#[tokio::test]
async fn nothing_is_on_the_disk_in_the_clear() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    let text = CANARIES.join(" ");
    let many = (0..300)
        .map(|id| entry(&format!("{id}-{}", CANARIES[1]), &text))
        .collect();
    record.apply(many).await.unwrap();
    // Sorting and searching might use temporary files.
    record.list(everything()).await.unwrap();
    record.search("quill".to_owned(), 100).await.unwrap();
    own.put_note(CANARIES[0].into(), Some(text.clone()))
        .await
        .unwrap();
    own.put_booking(StoredBooking {
        booking_id: Uuid::from_u128(1),
        request_id: Uuid::from_u128(2),
        source: source(),
        state: BookingState::Acknowledged {
            appointment_id: CANARIES[5].to_owned(),
        },
        body: text.clone(),
        slot: text.clone(),
        reason: Some(CANARIES[4].to_owned()),
        confirmed_at: at(0),
        last_checked: None,
        first_absent: None,
        is_told: false,
        replaces: None,
    })
    .await
    .unwrap();
    own.mark_seen(SeenMark {
        unit: SyncUnit::Appointments,
        seen_at: at(0),
    })
    .await
    .unwrap();
    test.device
        .save_tokens(
            test.person.clone(),
            source(),
            Some(Tokens {
                access_token: CANARIES[3].to_owned(),
                expires_at: None,
                refresh_token: Some(CANARIES[3].to_owned()),
                scope: text.clone(),
                patient_id: CANARIES[1].to_owned(),
            }),
        )
        .await
        .unwrap();
    test.device
        .save_settings(DeviceSettings {
            person: Some(test.person.clone()),
            ..DeviceSettings::default()
        })
        .await
        .unwrap();
    let [key] = test
        .keys
        .entries()
        .into_iter()
        .filter(|(name, _)| name.ends_with("/record-key"))
        .map(|(_, key)| key)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let mut logs = 0;
    for path in files_below(test.folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        logs += usize::from(path.to_string_lossy().ends_with("-wal") && !bytes.is_empty());
        assert!(!bytes.starts_with(b"SQLite format 3"), "{}", path.display());
        assert!(
            !String::from_utf8_lossy(&bytes).contains(&key),
            "the key is in {}",
            path.display()
        );
    }
    assert_eq!(logs, 2, "both logs are looked at while they are full");
    assert_eq!(find_canary(test.folder.path()), None, "while open");
    assert_eq!(record.list(everything()).await.unwrap().total, 300);
    assert_eq!(own.seen().await.unwrap()[0].unit, SyncUnit::Appointments);
    drop((record, own));
    assert_eq!(find_canary(test.folder.path()), None, "after closing");
}

#[test]
fn the_same_search_finds_what_is_not_encrypted() {
    for mode in ["DELETE", "WAL"] {
        let folder = tempfile::tempdir().unwrap();
        let connection = rusqlite::Connection::open(folder.path().join("plain.db")).unwrap();
        connection
            .pragma_update(None, "journal_mode", mode)
            .unwrap();
        connection
            .execute_batch("CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE);")
            .unwrap();
        assert_eq!(find_canary(folder.path()), None);
        connection
            .execute("INSERT INTO t VALUES (?1)", [CANARIES[0]])
            .unwrap();
        let found = find_canary(folder.path()).unwrap();
        assert_eq!(found.ends_with("-wal"), mode == "WAL", "{found}");
    }
}

#[test]
fn the_database_library_writes_nothing_to_the_screen() {
    // With a wrong key SQLCipher has much to say. The test that opens with one runs again, alone.
    let run = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .arg("device::a_wrong_key_is_its_own_error_and_the_files_stay")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert!(!said.contains("sqlcipher"), "{said}");
}
