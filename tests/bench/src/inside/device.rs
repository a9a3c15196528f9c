//! A device of its own for a measurement: where somebody is signed in already, because a sign-in
//! is not what is measured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hale_cache::{KeyError, KeyStore, Keychain, LocalDevice};
use hale_contracts::account::PersonView;
use hale_core::app::Hale;
use hale_core::ports::{
    BackendInfo, BrowserError, Device, DeviceSettings, IdentityClaims, OpenBrowser, Own, PersonId,
    SourceId, SystemClock, Tokens,
};
use hale_remote::{HttpBackends, HttpOptions};
use serde_json::{Value, json};

use super::Task;
use super::observations::PATIENT;
use crate::Failure;

/// The app as it is measured.
pub(crate) type App = Hale<LocalDevice, HttpBackends, SystemClock>;

/// The word that chooses the system's keychain.
pub(crate) const KEYCHAIN: &str = "keychain";

/// The id of the service that the app is signed in to first.
const MAIN: &str = "main";

/// Secrets in a file beside the data, where there is no keychain. For made-up data alone.
struct FileKeys(PathBuf);

impl FileKeys {
    fn read(&self) -> BTreeMap<String, String> {
        std::fs::read(&self.0)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<(), KeyError> {
        let mut all = self.read();
        change(&mut all);
        let bytes = serde_json::to_vec(&all).map_err(|error| KeyError(Some(Box::new(error))))?;
        std::fs::write(&self.0, bytes).map_err(|error| KeyError(Some(Box::new(error))))
    }
}

impl KeyStore for FileKeys {
    fn get(&self, name: &str) -> Result<Option<String>, KeyError> {
        Ok(self.read().remove(name))
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), KeyError> {
        self.change(|all| drop(all.insert(name.to_owned(), secret.to_owned())))
    }

    fn delete(&self, name: &str) -> Result<(), KeyError> {
        self.change(|all| drop(all.remove(name)))
    }
}

/// Nobody signs in by a browser here.
pub(crate) struct NoBrowser;

impl OpenBrowser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserError> {
        Err(BrowserError(None))
    }
}

/// The device in a folder, with its keys in the system's keychain or in a file.
pub(crate) fn local(folder: &Path, keys: &str) -> LocalDevice {
    if keys == KEYCHAIN {
        LocalDevice::with_keys(folder.to_owned(), Keychain)
    } else {
        LocalDevice::with_keys(folder.to_owned(), FileKeys(folder.join("keys.json")))
    }
}

/// The app on a device.
pub(crate) fn app(device: LocalDevice, browser: Arc<dyn OpenBrowser>) -> App {
    let backends = HttpBackends::new(HttpOptions::default(), Arc::new(SystemClock));
    Hale::new(device, backends, SystemClock, browser)
}

/// Makes a device where the patient of the made-up Observations is signed in at a server.
pub(super) async fn sign_up(task: &Task) -> Result<Value, Failure> {
    let device = local(&task.folder, &task.word);
    let person = PersonId(uuid::Uuid::new_v4().to_string());
    let source = SourceId(MAIN.to_owned());
    let (record, own) = device.create(person.clone()).await?;
    let identity = json!({
        "source": source,
        "backend": backend(&task.url),
        "patient_id": PATIENT,
        "claims": IdentityClaims::default(),
        "person": PersonView {
            name: "Sam Bench".to_owned(),
            date_of_birth: None,
            nhs_number: None,
            identity_level: None,
            practice: None,
        },
    });
    own.put_note("identity".to_owned(), Some(identity.to_string()))
        .await?;
    drop((record, own));
    let tokens = Tokens {
        access_token: "bench".to_owned(),
        expires_at: None,
        refresh_token: None,
        scope: "patient/*.rs".to_owned(),
        patient_id: PATIENT.to_owned(),
    };
    device
        .save_tokens(person.clone(), source, Some(tokens))
        .await?;
    let settings = DeviceSettings {
        backend_url: Some(task.url.clone()),
        person: Some(person),
        ..DeviceSettings::default()
    };
    device.save_settings(settings).await?;
    Ok(json!({}))
}

/// The tokens of whoever is signed in on a device.
pub(super) async fn tokens(task: &Task) -> Result<Tokens, Failure> {
    let device = local(&task.folder, &task.word);
    let person = device.settings().await.person;
    let person = person.ok_or("nobody is signed in on this device")?;
    let tokens = device.tokens(person, SourceId(MAIN.to_owned())).await?;
    Ok(tokens.ok_or("there are no tokens on this device")?)
}

fn backend(url: &str) -> BackendInfo {
    BackendInfo {
        base_url: url.to_owned(),
        name: "Bench".to_owned(),
        is_test: true,
        fhir_version: Some("4.0.1".to_owned()),
        authorization_endpoint: format!("{url}/authorize"),
        token_endpoint: format!("{url}/token"),
        revocation_endpoint: None,
        issuer: None,
        jwks_uri: None,
        capabilities: Vec::new(),
        interactions: Vec::new(),
    }
}
