//! A service in memory that the app speaks to: one patient, free times, appointments. It answers a
//! write as it is told to, and insists that no booking is ever sent twice and nothing for anybody
//! else.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use hale_core::ports::{
    BackendInfo, Backends, BrowserError, Clock, DiscoveryError, Fetch, Fetched, IdentityClaims,
    OpenBrowser, Remote, RemoteError, SignInError, SignedIn, Target, TokenKeeper, Tokens, Write,
    Written,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The present moment of every input.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-01-05T10:00:00Z".parse().expect("a moment")
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","name":[{"text":"Ms Amira Test"}],"birthDate":"1970-02-01","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}],"managingOrganization":{"reference":"Organization/o1"}}"#;
const PRACTICE: &str = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"HealthcareService","id":"h1","name":"Harbour Surgery","extraDetails":"Be on time.","extension":[{"url":"https://x.example/StructureDefinition/practice-rule-reason-max-length","valueInteger":150}]}}]}"#;
const SLOTS: &str = r#"{"resourceType":"Bundle","entry":[
{"resource":{"resourceType":"Slot","id":"s1","status":"free","start":"2026-01-06T09:00:00Z","end":"2026-01-06T09:10:00Z","schedule":{"reference":"Schedule/c1"}}},
{"resource":{"resourceType":"Slot","id":"s2","status":"free","start":"2026-01-06T10:00:00Z","end":"2026-01-06T10:10:00Z","schedule":{"reference":"Schedule/c1"},"extension":[{"url":"https://fhir.nhs.uk/StructureDefinition/Extension-GPConnect-DeliveryChannel-2","valueCode":"Telephone"}]}},
{"search":{"mode":"include"},"resource":{"resourceType":"Schedule","id":"c1","actor":[{"reference":"HealthcareService/h1"},{"display":"Dr Ada Byrne"}]}}]}"#;
const RECORD: &str = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition","id":"k1","code":{"text":"Asthma"},"subject":{"reference":"Patient/p1"},"recordedDate":"2019-12"}}]}"#;

/// How the next write ends.
#[derive(Clone, Copy, Default)]
pub(crate) enum Fate {
    /// It is carried out and acknowledged.
    #[default]
    Done,
    /// It is carried out, and no answer comes.
    Lost,
    /// It is carried out, and the answer makes no sense.
    Garbled,
    /// No connection is made.
    Offline,
    /// It is refused with this status.
    Refused(u16),
}

#[derive(Default)]
struct State {
    appointments: Vec<Value>,
    /// The ids of bookings that were sent.
    sent: HashSet<String>,
    fate: Fate,
    /// What the next reading answers instead.
    says: Option<Vec<u8>>,
}

/// The service. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Service(Arc<Mutex<State>>);

impl Service {
    pub(crate) fn new() -> Self {
        let of = |id: &str, start: &str| {
            json!({"resourceType": "Appointment", "id": id, "status": "booked", "start": start,
                "minutesDuration": 10, "participant": [{"actor": {"reference": "Patient/p1"}}]})
        };
        let service = Self::default();
        service.held().appointments = vec![
            of("a1", "2026-01-07T09:00:00Z"),
            of("a2", "2025-12-01T09:00:00Z"),
        ];
        service
    }

    /// Decides how the next write ends.
    pub(crate) fn next_write(&self, fate: Fate) {
        self.held().fate = fate;
    }

    /// Decides what the next reading answers.
    pub(crate) fn next_answer(&self, body: &[u8]) {
        self.held().says = Some(body.to_vec());
    }

    fn held(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources
        .iter()
        .map(|resource| json!({"resource": resource}))
        .collect();
    json!({"resourceType": "Bundle", "total": resources.len(), "entry": entries}).to_string()
}

impl State {
    fn answer(&self, path: &str) -> Result<String, RemoteError> {
        let (kind, rest) = path.split_once(['?', '/']).unwrap_or((path, ""));
        let is_search = path.contains('?') && !path.contains("_history");
        let id = rest.split('?').next().unwrap_or_default();
        Ok(match kind {
            "Patient" => PATIENT.to_owned(),
            "HealthcareService" => PRACTICE.to_owned(),
            "Slot" => SLOTS.to_owned(),
            "Condition" if is_search => RECORD.to_owned(),
            "Appointment" if is_search => {
                let wanted = rest
                    .split('&')
                    .find_map(|one| one.strip_prefix("identifier="))
                    .and_then(|one| one.rsplit(['|', 'C']).next());
                let found: Vec<Value> = self
                    .appointments
                    .iter()
                    .filter(|one| wanted.is_none_or(|id| one["identifier"][0]["value"] == id))
                    .cloned()
                    .collect();
                bundle(&found)
            }
            "Appointment" => match self.appointments.iter().find(|one| one["id"] == id) {
                Some(found) => found.to_string(),
                None => return Err(refused(404)),
            },
            _ => r#"{"resourceType":"Bundle"}"#.to_owned(),
        })
    }

    /// Carries out a write and gives what it made.
    fn carry_out(&mut self, write: &Write) -> Value {
        let mut resource: Value = serde_json::from_str(&write.body).expect("a body that is JSON");
        if resource["resourceType"] == "Appointment" {
            if write.method == "POST" {
                resource["id"] = json!(format!("b{}", self.appointments.len()));
            } else {
                self.appointments.retain(|one| one["id"] != resource["id"]);
            }
            self.appointments.push(resource.clone());
        } else {
            resource["id"] = json!("x1");
        }
        resource
    }
}

fn refused(status: u16) -> RemoteError {
    let body = json!({"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": "processing", "details": {"text": "No."}}]});
    RemoteError::Status {
        status,
        body: body.to_string().into_bytes(),
        retry_after: None,
    }
}

/// Whatever was typed, what is sent speaks of nobody else.
fn is_of_the_patient(body: &Value) {
    let subjects = ["subject", "sender", "for", "requester"].map(|field| &body[field]);
    let actors = body["participant"].as_array().into_iter().flatten();
    let named: Vec<&str> = subjects
        .into_iter()
        .chain(actors.map(|participant| &participant["actor"]))
        .filter_map(|reference| reference["reference"].as_str())
        .filter(|reference| reference.starts_with("Patient/"))
        .collect();
    assert!(!named.is_empty(), "a request for nobody");
    assert!(
        named.iter().all(|reference| *reference == "Patient/p1"),
        "a request for somebody else"
    );
}

impl Remote for Service {
    async fn fetch(&self, fetch: Fetch) -> Result<Fetched, RemoteError> {
        let mut state = self.held();
        let body = match (state.says.take(), fetch.target) {
            (Some(body), _) => body,
            (None, Target::Path(path)) => state.answer(&path)?.into_bytes(),
            (None, Target::Next(_)) => return Err(RemoteError::Unsafe("next link")),
        };
        Ok(Fetched {
            status: 200,
            etag: None,
            server_date: Some(now()),
            body,
        })
    }

    async fn write(&self, write: Write) -> Result<Written, RemoteError> {
        let mut state = self.held();
        let body: Value = serde_json::from_str(&write.body).expect("a body that is JSON");
        is_of_the_patient(&body);
        if write.method == "POST" && write.path == "Appointment" {
            let id = body["identifier"][0]["value"].as_str();
            let id = id.expect("a booking without an id").to_owned();
            assert!(state.sent.insert(id), "a booking was sent twice");
        }
        let fate = std::mem::take(&mut state.fate);
        let made = match fate {
            Fate::Offline => return Err(RemoteError::NotConnected(None)),
            Fate::Refused(status) => return Err(refused(status)),
            Fate::Done | Fate::Lost | Fate::Garbled => state.carry_out(&write),
        };
        let body = match fate {
            Fate::Lost => {
                return Err(RemoteError::NoAnswer {
                    timed_out: true,
                    source: None,
                });
            }
            Fate::Garbled => "<html>".to_owned(),
            _ => made.to_string(),
        };
        Ok(Written {
            status: if write.method == "POST" { 201 } else { 200 },
            location: None,
            etag: None,
            server_date: Some(now()),
            body: body.into_bytes(),
        })
    }
}

/// Where the service is found, and who signs in there: always the same person.
#[derive(Clone)]
pub(crate) struct Services(pub(crate) Service);

impl Backends for Services {
    type Remote = Service;

    async fn discover(&self, url: String) -> Result<BackendInfo, DiscoveryError> {
        let base = hale_remote::fuzzing::base_address(&url).ok_or(DiscoveryError::BadAddress)?;
        let base_url = base.as_str().trim_end_matches('/').to_owned();
        Ok(BackendInfo {
            name: "A service".to_owned(),
            is_test: true,
            fhir_version: None,
            authorization_endpoint: format!("{base_url}/authorize"),
            token_endpoint: format!("{base_url}/token"),
            revocation_endpoint: None,
            issuer: None,
            jwks_uri: None,
            capabilities: Vec::new(),
            interactions: Vec::new(),
            base_url,
        })
    }

    async fn sign_in(
        &self,
        _: BackendInfo,
        _: Arc<dyn OpenBrowser>,
    ) -> Result<SignedIn, SignInError> {
        Ok(SignedIn {
            tokens: Tokens {
                access_token: "access".to_owned(),
                expires_at: None,
                refresh_token: None,
                scope: String::new(),
                patient_id: "p1".to_owned(),
            },
            claims: IdentityClaims::default(),
        })
    }

    fn connect(&self, _: BackendInfo, _: Tokens, _: Arc<dyn TokenKeeper>) -> Service {
        self.0.clone()
    }

    async fn revoke(&self, _: BackendInfo, _: Tokens) {}
}

/// A browser that nobody looks at.
pub(crate) struct NoBrowser;

impl OpenBrowser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserError> {
        Ok(())
    }
}

/// A clock that stands still; ids that count.
#[derive(Clone, Default)]
pub(crate) struct Still(Arc<AtomicU64>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        now()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}
