//! The system's own keychain: keys and tokens kept there, found again, and gone when removed.

use hale_cache::{KeyStore, Keychain, LocalDevice};
use hale_core::ports::{Device, OpenStoreError, Own, PersonId, SourceId, Tokens};

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_key_and_tokens_live_in_the_systems_keychain() {
    let folder = tempfile::tempdir().unwrap();
    let start = || LocalDevice::new(folder.path().to_owned());
    let person = PersonId(uuid::Uuid::new_v4().to_string());
    let source = SourceId("main".to_owned());
    let tokens = Tokens {
        // Longer than some keychains like: access tokens are.
        access_token: "access ".repeat(500),
        expires_at: None,
        refresh_token: Some("refresh".to_owned()),
        scope: "patient/*.rs".to_owned(),
        patient_id: "1".to_owned(),
    };
    let (record, own) = start().create(person.clone()).await.unwrap();
    own.put_note("draft".into(), Some("{}".into()))
        .await
        .unwrap();
    drop((record, own));
    start()
        .save_tokens(person.clone(), source.clone(), Some(tokens.clone()))
        .await
        .unwrap();

    let (record, own) = start().open(person.clone()).await.unwrap();
    assert!(own.note("draft".into()).await.unwrap().is_some());
    drop((record, own));
    let kept = start()
        .tokens(person.clone(), source.clone())
        .await
        .unwrap();
    assert!(kept == Some(tokens), "the tokens come back as they were");

    start().remove(person.clone()).await.unwrap();
    let names = ["record-key", "tokens/main", "sources"];
    for name in names.map(|name| format!("{}/{name}", person.0)) {
        let left = tokio::task::spawn_blocking(move || Keychain.get(&name));
        assert!(left.await.unwrap().unwrap().is_none());
    }
    assert!(matches!(
        start().open(person).await,
        Err(OpenStoreError::NothingHere)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_keychain_lost_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let device = LocalDevice::new(folder.path().to_owned());
    let person = PersonId(uuid::Uuid::new_v4().to_string());
    drop(device.create(person.clone()).await.unwrap());
    let name = format!("{}/record-key", person.0);
    tokio::task::spawn_blocking(move || Keychain.delete(&name))
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(
        device.open(person.clone()).await,
        Err(OpenStoreError::KeyMissing)
    ));
    device.remove(person).await.unwrap();
}
