//! What the tests share: a device in a temporary folder, and resources.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use hale_cache::{LocalDevice, MemoryKeys, OwnStore, RecordStore};
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use hale_core::ports::{Device, ListQuery, PersonId, ResourceKey, SourceId};
use hale_core::sync::plan::{Incoming, SyncAction};

pub(crate) const UNIT: SyncUnit = SyncUnit::Record(SectionKind::Conditions);

/// A device whose folder and keychain outlive it, so that it can be "started again".
pub(crate) struct TestDevice {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) keys: MemoryKeys,
    pub(crate) device: LocalDevice,
    pub(crate) person: PersonId,
}

impl TestDevice {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = MemoryKeys::default();
        Self {
            device: LocalDevice::with_keys(folder.path().to_owned(), keys.clone()),
            folder,
            keys,
            person: PersonId("0b5c3f64-1111-4222-8333-444455556666".to_owned()),
        }
    }

    pub(crate) async fn create(&self) -> (RecordStore, OwnStore) {
        self.device.create(self.person.clone()).await.unwrap()
    }

    pub(crate) async fn open(
        &self,
    ) -> Result<(RecordStore, OwnStore), hale_core::ports::OpenStoreError> {
        self.device.open(self.person.clone()).await
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .join("people")
            .join(&self.person.0)
            .join(name)
    }
}

/// Another device with a copy of the files as they are on the disk at this moment, and the keys.
/// The index of the log lives in shared memory: it is not there after a power cut.
pub(crate) fn copied(test: &TestDevice) -> TestDevice {
    let copy = TestDevice::new();
    for path in files_below(test.folder.path()) {
        let relative = path.strip_prefix(test.folder.path()).unwrap();
        if relative.to_string_lossy().ends_with("-shm") {
            continue;
        }
        let target = copy.folder.path().join(relative);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).unwrap();
    }
    for (name, key) in test.keys.entries() {
        hale_cache::KeyStore::set(&copy.keys, &name, &key).unwrap();
    }
    copy
}

/// Puts a mirror of the first version in the place of a closed one, with this many entries.
pub(crate) fn make_record_older(test: &TestDevice, entries: u32) {
    let key = test.keys.entries()[0].1.clone();
    std::fs::write(test.file("record.db"), []).unwrap();
    let mut connection = rusqlite::Connection::open(test.file("record.db")).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA key = \"x'{key}'\"; PRAGMA journal_mode = wal;"
        ))
        .unwrap();
    let transaction = connection.transaction().unwrap();
    transaction
        .execute_batch(include_str!("../../migrations/record/01-first.sql"))
        .unwrap();
    for id in 0..entries {
        transaction
            .execute(
                "INSERT INTO resource (source, type, id, unit, is_listed, run, listed_run, \
                 first_seen_at, changed_at, checked_at, search_text, json) VALUES \
                 ('main', 'Condition', ?1, 'record-conditions', 1, 1, 1, 1, 1, 1, ?2, '{}')",
                rusqlite::params![id.to_string(), format!("Asthma of childhood number {id}")],
            )
            .unwrap();
    }
    transaction.pragma_update(None, "user_version", 1).unwrap();
    transaction.commit().unwrap();
    connection.close().unwrap();
}

pub(crate) fn source() -> SourceId {
    SourceId("main".to_owned())
}

pub(crate) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_600_000 + second, 0).unwrap()
}

pub(crate) fn key(id: &str) -> ResourceKey {
    ResourceKey {
        source: source(),
        resource_type: "Condition".to_owned(),
        id: id.to_owned(),
    }
}

/// An entry of [`UNIT`] whose only words are `text`.
pub(crate) fn entry(id: &str, text: &str) -> SyncAction {
    SyncAction::Upsert {
        resource: Box::new(Incoming {
            key: key(id),
            unit: UNIT,
            is_listed: true,
            version: Some("1".to_owned()),
            last_updated: Some(at(0)),
            sort_date: Some(at(0)),
            json: serde_json::json!({"resourceType": "Condition", "id": id, "text": text})
                .to_string(),
            search_text: text.to_owned(),
            own: hale_core::sync::news::of_view(&text),
            part_of: None,
        }),
        run: 1,
        at: at(1),
    }
}

pub(crate) fn everything() -> ListQuery {
    ListQuery {
        unit: UNIT,
        offset: 0,
        limit: 1000,
        listed_only: false,
    }
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}
