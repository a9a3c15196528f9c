//! The process is killed while it brings an older file to this version.

use std::process::{Command, Stdio};
use std::time::Instant;

use hale_core::ports::Cache;

use crate::support::{TestDevice, copied, everything, make_record_older};

const ENTRIES: u32 = 20_000;
const KILLS: u32 = 40;
const FOLDER: &str = "HALE_TEST_FOLDER";
const KEY: &str = "HALE_TEST_KEY";

/// The process that is killed. Does nothing in an ordinary run of the tests.
#[tokio::test]
async fn child_that_opens_the_files() {
    let (Ok(folder), Ok(key)) = (std::env::var(FOLDER), std::env::var(KEY)) else {
        return;
    };
    let test = TestDevice::new();
    let (name, key) = key.split_once('\n').unwrap();
    hale_cache::KeyStore::set(&test.keys, name, key).unwrap();
    let device = hale_cache::LocalDevice::with_keys(folder.into(), test.keys.clone());
    hale_core::ports::Device::open(&device, test.person.clone())
        .await
        .unwrap();
}

fn child(test: &TestDevice) -> std::process::Child {
    let [(name, key)] = test.keys.entries().try_into().unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child_that_opens_the_files"])
        .env(FOLDER, test.folder.path())
        .env(KEY, format!("{name}\n{key}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn version(test: &TestDevice) -> i64 {
    let key = test.keys.entries()[0].1.clone();
    let connection = rusqlite::Connection::open(test.file("record.db")).unwrap();
    connection
        .execute_batch(&format!("PRAGMA key = \"x'{key}'\";"))
        .unwrap();
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn killed_at_any_moment_of_a_migration_a_file_is_of_the_one_version_or_the_other() {
    let template = TestDevice::new();
    drop(template.create().await);
    make_record_older(&template, ENTRIES);
    let whole = copied(&template);
    let begun = Instant::now();
    assert!(child(&whole).wait().unwrap().success());
    let takes = begun.elapsed();
    let newest = version(&whole);
    assert!(newest > 1, "there is something to migrate");

    let (mut before, mut after) = (0, 0);
    for kill in 1..=KILLS {
        let test = copied(&template);
        let mut child = child(&test);
        std::thread::sleep(takes * kill / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        match version(&copied(&test)) {
            1 => before += 1,
            found if found == newest => after += 1,
            found => panic!("version {found} is neither"),
        }
        let (record, _own) = test.open().await.unwrap();
        assert!(!record.was_renewed(), "nothing was damaged");
        let listed = record.list(everything()).await.unwrap();
        assert_eq!(listed.total, ENTRIES);
        let found = record.search("number 17".into(), 5).await.unwrap();
        assert_eq!(found.len(), 5, "the words are whole");
        drop(record);
        assert_eq!(version(&test), newest);
    }
    assert!(before > 3, "{before} before its end, {after} after");
    println!("{before} before its end, {after} after; it takes {takes:?}");
}
