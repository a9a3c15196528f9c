//! Opening, making and removing a person's files.

use hale_core::ports::{
    Cache, Device, DeviceError, DeviceSettings, OpenStoreError, Own, PersonId, SourceId, Tokens,
};

use crate::support::{TestDevice, entry, everything, files_below, key, source};

fn tokens() -> Tokens {
    Tokens {
        access_token: "access".to_owned(),
        expires_at: None,
        refresh_token: Some("refresh".to_owned()),
        scope: "patient/*.rs".to_owned(),
        patient_id: "1".to_owned(),
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    record.apply(vec![entry("1", "Asthma")]).await.unwrap();
    own.put_note("draft".into(), Some("{}".into()))
        .await
        .unwrap();
    drop((record, own));
    let (record, own) = test.open().await.unwrap();
    assert_eq!(record.list(everything()).await.unwrap().total, 1);
    assert_eq!(
        own.note("draft".into()).await.unwrap().as_deref(),
        Some("{}")
    );
}

#[tokio::test]
async fn nobody_there_is_its_own_answer_and_makes_nothing() {
    let test = TestDevice::new();
    assert!(matches!(
        test.open().await,
        Err(OpenStoreError::NothingHere)
    ));
    assert!(files_below(test.folder.path()).is_empty());
    assert!(test.keys.is_empty());
}

#[tokio::test]
async fn a_missing_key_is_its_own_error_and_no_new_key_is_made() {
    let test = TestDevice::new();
    drop(test.create().await);
    let before = std::fs::read(test.file("own.db")).unwrap();
    test.keys.clear();
    assert!(matches!(test.open().await, Err(OpenStoreError::KeyMissing)));
    assert!(
        matches!(
            test.device.create(test.person.clone()).await,
            Err(OpenStoreError::Io(_))
        ),
        "files that are there are never made again"
    );
    assert!(
        test.keys.is_empty(),
        "no key takes the place of the lost one"
    );
    assert_eq!(std::fs::read(test.file("own.db")).unwrap(), before);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_counts_as_missing() {
    let test = TestDevice::new();
    drop(test.create().await);
    for (name, _) in test.keys.entries() {
        hale_cache::KeyStore::set(&test.keys, &name, "no key").unwrap();
    }
    assert!(matches!(test.open().await, Err(OpenStoreError::KeyMissing)));
}

#[tokio::test]
async fn a_wrong_key_is_its_own_error_and_the_files_stay() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    own.put_note("draft".into(), Some("{}".into()))
        .await
        .unwrap();
    drop((record, own));
    let [(name, right)] = test.keys.entries().try_into().unwrap();
    hale_cache::KeyStore::set(&test.keys, &name, &"ab".repeat(32)).unwrap();
    let before = ["own.db", "record.db"].map(|name| std::fs::read(test.file(name)).unwrap());
    assert!(matches!(test.open().await, Err(OpenStoreError::WrongKey)));
    let check = std::fs::read_to_string(test.file("key.check")).unwrap();
    assert_ne!(check, right, "the key itself is not beside the files");
    // Files of before the check value, and a check value that is damaged.
    std::fs::write(test.file("key.check"), "garbage").unwrap();
    assert!(matches!(test.open().await, Err(OpenStoreError::WrongKey)));
    std::fs::remove_file(test.file("key.check")).unwrap();
    assert!(matches!(test.open().await, Err(OpenStoreError::WrongKey)));
    let after = ["own.db", "record.db"].map(|name| std::fs::read(test.file(name)).unwrap());
    assert!(
        before == after,
        "a wrong key changes nothing, not even the mirror"
    );
    hale_cache::KeyStore::set(&test.keys, &name, &right).unwrap();
    let (_, own) = test.open().await.unwrap();
    assert!(own.note("draft".into()).await.unwrap().is_some());
}

/// Damage is told from a wrong key, by the check value or, without it, by the mirror.
#[tokio::test]
async fn a_damaged_file_is_not_called_a_wrong_key() {
    for check in ["kept", "gone", "garbage"] {
        let test = TestDevice::new();
        drop(test.create().await);
        let mut bytes = std::fs::read(test.file("own.db")).unwrap();
        for byte in &mut bytes[100..600] {
            *byte = !*byte;
        }
        std::fs::write(test.file("own.db"), &bytes).unwrap();
        match check {
            "gone" => std::fs::remove_file(test.file("key.check")).unwrap(),
            "garbage" => std::fs::write(test.file("key.check"), "garbage").unwrap(),
            _ => {}
        }
        let opened = test.open().await;
        assert!(
            matches!(opened, Err(OpenStoreError::Unreadable(_))),
            "check value {check}"
        );
        assert_eq!(std::fs::read(test.file("own.db")).unwrap(), bytes);
    }
}

#[tokio::test]
async fn files_without_a_check_value_get_one_when_they_open() {
    let test = TestDevice::new();
    drop(test.create().await);
    let kept = std::fs::read(test.file("key.check")).unwrap();
    std::fs::remove_file(test.file("key.check")).unwrap();
    drop(test.open().await.unwrap());
    assert_eq!(std::fs::read(test.file("key.check")).unwrap(), kept);
}

#[tokio::test]
async fn a_locked_keychain_is_told_from_a_lost_key() {
    let test = TestDevice::new();
    drop(test.create().await);
    for lock in [
        hale_cache::MemoryKeys::lock as fn(&hale_cache::MemoryKeys),
        // A locked Secret Service says that there is no such entry.
        hale_cache::MemoryKeys::lock_quietly,
    ] {
        lock(&test.keys);
        assert!(matches!(
            test.open().await,
            Err(OpenStoreError::KeychainUnavailable(_))
        ));
        test.keys.unlock();
        test.open().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_keychain_no_file_is_made() {
    let test = TestDevice::new();
    test.keys.lock_quietly();
    assert!(matches!(
        test.device.create(test.person.clone()).await,
        Err(OpenStoreError::KeychainUnavailable(_))
    ));
    assert!(files_below(test.folder.path()).is_empty());
}

#[tokio::test]
async fn a_mirror_that_is_gone_or_damaged_is_made_anew_beside_what_the_patient_made() {
    for damage in ["gone", "empty", "garbage", "truncated"] {
        let test = TestDevice::new();
        let (record, own) = test.create().await;
        record.apply(vec![entry("1", "Asthma")]).await.unwrap();
        own.put_note("draft".into(), Some("{}".into()))
            .await
            .unwrap();
        drop((record, own));
        let path = test.file("record.db");
        match damage {
            "gone" => std::fs::remove_file(&path).unwrap(),
            "empty" => std::fs::write(&path, []).unwrap(),
            "garbage" => std::fs::write(&path, [7; 8192]).unwrap(),
            _ => std::fs::write(&path, &std::fs::read(&path).unwrap()[..1000]).unwrap(),
        }
        let (record, own) = test.open().await.unwrap();
        assert_eq!(
            record.list(everything()).await.unwrap().total,
            0,
            "{damage}"
        );
        assert!(
            own.note("draft".into()).await.unwrap().is_some(),
            "{damage}"
        );
        record.apply(vec![entry("1", "Asthma")]).await.unwrap();
        drop((record, own));
        let (record, _) = test.open().await.unwrap();
        assert_eq!(
            record.list(everything()).await.unwrap().total,
            1,
            "{damage}: it is made anew once, not at every start"
        );
    }
}

#[tokio::test]
async fn what_the_patient_made_is_never_replaced() {
    for damage in ["gone", "empty", "garbage"] {
        let test = TestDevice::new();
        let (record, own) = test.create().await;
        record.apply(vec![entry("1", "Asthma")]).await.unwrap();
        drop((record, own));
        let path = test.file("own.db");
        let left: &[u8] = match damage {
            "garbage" => &[7; 8192],
            _ => &[],
        };
        std::fs::write(&path, left).unwrap();
        if damage == "gone" {
            std::fs::remove_file(&path).unwrap();
        }
        assert!(
            matches!(test.open().await, Err(OpenStoreError::Unreadable(_))),
            "{damage}"
        );
        assert_eq!(path.exists(), damage != "gone");
        if damage != "gone" {
            assert_eq!(std::fs::read(&path).unwrap(), left, "{damage}");
        }
    }
}

#[tokio::test]
async fn a_page_found_damaged_while_reading_is_reported_and_mended_at_the_next_start() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    let many = (0..500)
        .map(|id| entry(&id.to_string(), "Asthma"))
        .collect();
    record.apply(many).await.unwrap();
    drop((record, own));
    let path = test.file("record.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // The first page tells whether the key fits, and stays whole.
    for byte in bytes.iter_mut().skip(4096).step_by(512) {
        *byte ^= 1;
    }
    std::fs::write(&path, bytes).unwrap();
    if let Ok((record, _)) = test.open().await {
        let listed = record.list(everything()).await;
        // Damage that shows while the file is opened was mended at once.
        if let Ok(page) = &listed {
            assert_eq!(page.total, 0);
        }
        drop(listed);
    }
    let (record, _) = test.open().await.unwrap();
    assert_eq!(record.list(everything()).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    for name in ["own.db", "record.db"] {
        let test = TestDevice::new();
        drop(test.create().await);
        let [(_, hex)] = test.keys.entries().try_into().unwrap();
        let connection = rusqlite::Connection::open(test.file(name)).unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA key = \"x'{hex}'\"; PRAGMA user_version = 999;"
            ))
            .unwrap();
        drop(connection);
        let before = std::fs::read(test.file(name)).unwrap();
        assert!(
            matches!(test.open().await, Err(OpenStoreError::TooNew)),
            "{name}"
        );
        assert!(std::fs::read(test.file(name)).unwrap() == before, "{name}");
    }
}

#[tokio::test]
async fn removing_a_person_leaves_nothing_of_them() {
    let test = TestDevice::new();
    let (record, own) = test.create().await;
    record.apply(vec![entry("1", "Asthma")]).await.unwrap();
    drop((record, own));
    for name in ["main", "other"] {
        test.device
            .save_tokens(test.person.clone(), SourceId(name.into()), Some(tokens()))
            .await
            .unwrap();
    }
    test.device.remove(test.person.clone()).await.unwrap();
    assert!(files_below(test.folder.path()).is_empty());
    assert!(test.keys.is_empty(), "neither key nor tokens stay behind");
    assert!(matches!(
        test.open().await,
        Err(OpenStoreError::NothingHere)
    ));
    test.device
        .remove(test.person.clone())
        .await
        .expect("removing again is no error");
}

#[tokio::test]
async fn files_go_even_if_the_keychain_does_not_answer() {
    let test = TestDevice::new();
    drop(test.create().await);
    test.keys.lock();
    assert!(matches!(
        test.device.remove(test.person.clone()).await,
        Err(DeviceError::KeychainUnavailable(_))
    ));
    assert!(files_below(test.folder.path()).is_empty());
    test.keys.unlock();
    test.device.remove(test.person.clone()).await.unwrap();
    assert!(test.keys.is_empty());
}

#[tokio::test]
async fn removing_one_person_leaves_another_alone() {
    let test = TestDevice::new();
    drop(test.create().await);
    let other = PersonId("other".to_owned());
    drop(test.device.create(other.clone()).await.unwrap());
    test.device.remove(other).await.unwrap();
    test.open().await.unwrap();
}

#[tokio::test]
async fn tokens_are_kept_by_person_and_source() {
    let test = TestDevice::new();
    let person = test.person.clone();
    let device = &test.device;
    assert!(
        device
            .tokens(person.clone(), source())
            .await
            .unwrap()
            .is_none()
    );
    device
        .save_tokens(person.clone(), source(), Some(tokens()))
        .await
        .unwrap();
    let kept = device.tokens(person.clone(), source()).await.unwrap();
    assert!(kept == Some(tokens()));
    let other = SourceId("other".to_owned());
    assert!(
        device
            .tokens(person.clone(), other)
            .await
            .unwrap()
            .is_none()
    );
    device
        .save_tokens(person.clone(), source(), None)
        .await
        .unwrap();
    assert!(device.tokens(person, source()).await.unwrap().is_none());
}

#[tokio::test]
async fn settings_come_back_and_unreadable_ones_are_defaults() {
    let test = TestDevice::new();
    assert_eq!(test.device.settings().await, DeviceSettings::default());
    let settings = DeviceSettings {
        backend_url: Some("https://example.org/fhir".to_owned()),
        is_signed_out: true,
        ..DeviceSettings::default()
    };
    test.device.save_settings(settings.clone()).await.unwrap();
    assert_eq!(test.device.settings().await, settings);
    assert_eq!(
        files_below(test.folder.path()).len(),
        1,
        "no temporary file stays behind"
    );
    std::fs::write(test.folder.path().join("settings.json"), "{").unwrap();
    assert_eq!(test.device.settings().await, DeviceSettings::default());
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let test = TestDevice::new();
    let (record, _own) = test.create().await;
    record.apply(vec![entry("1", "Asthma")]).await.unwrap();
    test.device
        .save_settings(DeviceSettings::default())
        .await
        .unwrap();
    let files = files_below(test.folder.path());
    assert!(
        files.iter().any(|path| path.ends_with("record.db-wal")),
        "the log is looked at too"
    );
    for path in files {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    let folder = test.file("");
    let mode = std::fs::metadata(folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[tokio::test]
async fn reads_run_while_a_write_runs() {
    let test = TestDevice::new();
    let (record, _own) = test.create().await;
    record.apply(vec![entry("1", "Asthma")]).await.unwrap();
    let many = (0..2000)
        .map(|id| entry(&format!("many-{id}"), "Asthma"))
        .collect();
    let (written, read) = tokio::join!(record.apply(many), record.get_many(vec![key("1")]));
    written.unwrap();
    assert_eq!(read.unwrap().len(), 1);
}
