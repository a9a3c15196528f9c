//! Laws of the check as a whole, against a server that only exists here: whatever changes there, and
//! wherever checks are cut off, the mirror ends as a device reads it that was never cut off.

mod news;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::{Either, select};
use hale_contracts::account::ConfirmIdentityRequest;
use hale_contracts::record::SectionKind;
use hale_contracts::sync::SyncUnit;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{Hale, lock};
use crate::memory::MemoryDevice;
use crate::ports::{
    BackendInfo, Backends, BrowserError, Cache, Clock, DiscoveryError, Fetch, Fetched,
    IdentityClaims, ListQuery, OpenBrowser, Remote, RemoteError, SignInError, SignedIn, Target,
    TokenKeeper, Tokens, Write, Written,
};

const BASE: &str = "https://server.example/fhir";

/// How a check is ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The network goes.
    Network,
    /// The app is closed: nothing of the check runs any more.
    Closed,
}

/// What the server holds and how it behaves.
struct Held {
    now: DateTime<Utc>,
    resources: BTreeMap<(String, String), Version>,
    has_history: bool,
    page_size: usize,
    /// After how many answers a check is cut off.
    cut: Option<(usize, Cut)>,
    closing: Option<oneshot::Sender<()>>,
    answers: usize,
}

#[derive(Clone)]
struct Version {
    /// None once it was deleted.
    resource: Option<Value>,
    number: u32,
    at: DateTime<Utc>,
}

#[derive(Clone)]
struct Server(Arc<Mutex<Held>>);

impl Server {
    fn new(has_history: bool, page_size: usize) -> Self {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let server = Self(Arc::new(Mutex::new(Held {
            now,
            resources: BTreeMap::new(),
            has_history,
            page_size,
            cut: None,
            closing: None,
            answers: 0,
        })));
        server.put(json!({"resourceType": "Patient", "id": "p"}));
        server
    }

    fn advance(&self, by: TimeDelta) {
        lock(&self.0).now += by;
    }

    fn put(&self, mut resource: Value) {
        let mut held = lock(&self.0);
        let at = held.now;
        let text = |field: &str| resource[field].as_str().unwrap_or_default().to_owned();
        let key = (text("resourceType"), text("id"));
        let number = held.resources.get(&key).map_or(1, |old| old.number + 1);
        resource["meta"] = json!({"versionId": number.to_string(),
            "lastUpdated": at.to_rfc3339_opts(SecondsFormat::Millis, true)});
        let resource = Some(resource);
        held.resources.insert(
            key,
            Version {
                resource,
                number,
                at,
            },
        );
    }

    fn delete(&self, resource_type: &str, id: &str) {
        let mut held = lock(&self.0);
        let at = held.now;
        if let Some(version) = held
            .resources
            .get_mut(&(resource_type.to_owned(), id.to_owned()))
        {
            version.resource = None;
            version.at = at;
        }
    }

    /// Writes what is there anew, as it was.
    fn touch(&self, resource_type: &str, id: &str) {
        let key = (resource_type.to_owned(), id.to_owned());
        let held = lock(&self.0).resources.get(&key).cloned();
        if let Some(resource) = held.and_then(|version| version.resource) {
            self.put(resource);
        }
    }

    fn answer(&self, path: &str) -> Result<Value, RemoteError> {
        let held = lock(&self.0);
        let (path, offset) = match path.split_once("#") {
            Some((path, offset)) => (path, offset.parse().unwrap_or(0)),
            None => (path, 0),
        };
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let value = |name: &str| {
            query
                .split('&')
                .filter_map(|one| one.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let (resource_type, rest) = place.split_once('/').unwrap_or((place, ""));
        let of_type = held
            .resources
            .iter()
            .filter(|((kind, _), _)| kind == resource_type);
        let entries: Vec<Vec<Value>> = match rest {
            "" => {
                let since = value("_lastUpdated").map(|text| instant(&text[2..]));
                let is_ids = value("_elements").is_some();
                of_type
                    .filter(|(_, version)| since.is_none_or(|since| version.at >= since))
                    .filter_map(|(_, version)| version.resource.clone())
                    .filter(|resource| {
                        value("category").is_none_or(|wanted| {
                            resource["category"][0]["coding"][0]["code"] == wanted
                        })
                    })
                    .map(|resource| {
                        if is_ids {
                            let id = json!({"resource": {"resourceType": resource["resourceType"],
                                "id": resource["id"]}});
                            return vec![id];
                        }
                        let results = resource["result"].as_array().cloned().unwrap_or_default();
                        let included = results.iter().filter_map(|result| {
                            let (kind, id) = result["reference"].as_str()?.split_once('/')?;
                            let key = (kind.to_owned(), id.to_owned());
                            let found = held.resources.get(&key)?.resource.clone()?;
                            Some(json!({"resource": found, "search": {"mode": "include"}}))
                        });
                        std::iter::once(json!({"resource": resource}))
                            .chain(included)
                            .collect()
                    })
                    .collect()
            }
            "_history" => {
                if !held.has_history {
                    return Err(refused(405));
                }
                let since = value("_since").map(instant);
                of_type
                    .filter(|(_, version)| since.is_none_or(|since| version.at >= since))
                    .map(|((kind, id), version)| {
                        let url = format!("{kind}/{id}");
                        vec![match &version.resource {
                            Some(resource) => json!({"resource": resource,
                                "request": {"method": "PUT", "url": url}}),
                            None => json!({"request": {"method": "DELETE", "url": url}}),
                        }]
                    })
                    .collect()
            }
            id => {
                let key = (resource_type.to_owned(), id.to_owned());
                let found = held.resources.get(&key).and_then(|it| it.resource.clone());
                return found.ok_or_else(|| refused(404));
            }
        };
        let next = offset + held.page_size;
        let mut bundle = json!({"resourceType": "Bundle", "type": "searchset",
            "entry": entries.iter().skip(offset).take(held.page_size).flatten().collect::<Vec<_>>()});
        if next < entries.len() {
            let url = format!("{BASE}/{path}#{next}");
            bundle["link"] = json!([{"relation": "next", "url": url}]);
        }
        Ok(bundle)
    }
}

fn refused(status: u16) -> RemoteError {
    RemoteError::Status {
        status,
        body: br#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}"#
            .to_vec(),
        retry_after: None,
    }
}

impl Remote for Server {
    async fn fetch(&self, fetch: Fetch) -> Result<Fetched, RemoteError> {
        let path = match fetch.target {
            Target::Path(path) => path,
            Target::Next(url) => url[BASE.len() + 1..].to_owned(),
        };
        let cut = {
            let mut held = lock(&self.0);
            held.answers += 1;
            let after = held.answers;
            held.cut.filter(|(limit, _)| after > *limit)
        };
        match cut {
            Some((_, Cut::Network)) => return Err(RemoteError::NotConnected(None)),
            Some((_, Cut::Closed)) => {
                if let Some(closing) = lock(&self.0).closing.take() {
                    closing.send(()).ok();
                }
                futures::future::pending::<()>().await;
            }
            None => {}
        }
        let body = self.answer(&path)?;
        let version = body["meta"]["versionId"].as_str().unwrap_or_default();
        let etag = format!("W/\"{version}\"");
        let is_known = fetch.if_none_match.as_deref() == Some(etag.as_str());
        Ok(Fetched {
            status: if is_known { 304 } else { 200 },
            etag: Some(etag),
            server_date: Some(lock(&self.0).now),
            body: if is_known {
                Vec::new()
            } else {
                body.to_string().into_bytes()
            },
        })
    }

    async fn write(&self, _: Write) -> Result<Written, RemoteError> {
        Err(RemoteError::NotConnected(None))
    }
}

impl Backends for Server {
    type Remote = Self;

    async fn discover(&self, url: String) -> Result<BackendInfo, DiscoveryError> {
        Ok(BackendInfo {
            name: "A service".to_owned(),
            is_test: true,
            fhir_version: None,
            authorization_endpoint: format!("{url}/authorize"),
            token_endpoint: format!("{url}/token"),
            revocation_endpoint: None,
            issuer: None,
            jwks_uri: None,
            capabilities: Vec::new(),
            interactions: ["Condition", "DiagnosticReport", "Observation"]
                .iter()
                .flat_map(|kind| {
                    [
                        format!("{kind}:search-type"),
                        format!("{kind}:history-type"),
                    ]
                })
                .chain(["Patient:read".to_owned()])
                .collect(),
            base_url: url,
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
                patient_id: "p".to_owned(),
            },
            claims: IdentityClaims::default(),
        })
    }

    fn connect(&self, _: BackendInfo, _: Tokens, _: Arc<dyn TokenKeeper>) -> Self {
        self.clone()
    }

    async fn revoke(&self, _: BackendInfo, _: Tokens) {}
}

struct NoBrowser;

impl OpenBrowser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserError> {
        Ok(())
    }
}

/// The device's clock: the server's, and wrong by as much.
#[derive(Clone)]
struct Skewed(Server, TimeDelta);

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        let mut held = lock(&self.0.0);
        // Time passes while somebody works.
        held.now += TimeDelta::milliseconds(1);
        held.now + self.1
    }

    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

type App = Hale<MemoryDevice, Server, Skewed>;

async fn app(device: &MemoryDevice, server: &Server, skew: TimeDelta) -> App {
    let clock = Skewed(server.clone(), skew);
    let app = Hale::new(device.clone(), server.clone(), clock, Arc::new(NoBrowser))
        .with_backend(BASE.to_owned());
    app.start().await;
    app
}

async fn signed_in(device: &MemoryDevice, server: &Server, skew: TimeDelta) -> App {
    let app = app(device, server, skew).await;
    app.sign_in().await.unwrap();
    app.confirm_identity(ConfirmIdentityRequest { is_me: true })
        .await
        .unwrap();
    app
}

/// A check, cut off or not; answers whether the app was closed.
async fn check(app: &App, server: &Server, cut: Option<(usize, Cut)>) -> bool {
    let (closing, closed) = oneshot::channel();
    {
        let mut held = lock(&server.0);
        held.answers = 0;
        held.cut = cut;
        held.closing = Some(closing);
    }
    let checking = Box::pin(app.sync_now(&|_| {}));
    let was_closed = match select(checking, closed).await {
        Either::Left((ended, _)) => {
            ended.unwrap();
            false
        }
        Either::Right(_) => true,
    };
    lock(&server.0).cut = None;
    was_closed
}

/// What is held of the record, without what only says when.
async fn mirror(app: &App) -> Vec<(String, bool, String)> {
    let session = app.session().unwrap();
    let mut all = Vec::new();
    for section in [SectionKind::Conditions, SectionKind::Results] {
        let query = ListQuery {
            unit: SyncUnit::Record(section),
            offset: 0,
            limit: 10_000,
            listed_only: false,
        };
        let page = session.cache.list(query).await.unwrap();
        all.extend(page.rows.into_iter().filter_map(|row| {
            let place = format!("{}/{}", row.key.resource_type, row.key.id);
            let resource: Value = serde_json::from_str(&row.json).unwrap();
            let words = resource["code"]["text"].to_string();
            // Notes of entries that are gone depend on what was seen of them.
            let is_note = row.removed_at.is_some() && row.is_listed;
            (!is_note).then_some((place, row.is_listed, words))
        }));
    }
    all.sort();
    all
}

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// A problem is added or amended.
    Problem(u8, u8),
    /// A problem is removed.
    NoProblem(u8),
    /// A result is added or amended.
    Result(u8, u8),
    /// A result is removed.
    NoResult(u8),
    /// A report is added or amended, with these results inside.
    Report(u8, Vec<u8>),
    /// A report is removed.
    NoReport(u8),
    /// Time passes, in minutes.
    Wait(u16),
    /// The app is started again.
    Restart,
    /// A check, cut off after so many answers.
    Cut(u8, bool),
    /// A whole check.
    Check,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..12_u8, any::<u8>()).prop_map(|(id, text)| Step::Problem(id, text)),
        2 => (0..12_u8).prop_map(Step::NoProblem),
        3 => (0..8_u8, any::<u8>()).prop_map(|(id, text)| Step::Result(id, text)),
        1 => (0..8_u8).prop_map(Step::NoResult),
        2 => (0..3_u8, proptest::collection::btree_set(0..8_u8, 0..4))
            .prop_map(|(id, inside)| Step::Report(id, inside.into_iter().collect())),
        1 => (0..3_u8).prop_map(Step::NoReport),
        2 => (0..3_000_u16).prop_map(Step::Wait),
        1 => Just(Step::Restart),
        4 => (0..14_u8, any::<bool>()).prop_map(|(after, closed)| Step::Cut(after, closed)),
        3 => Just(Step::Check),
    ]
}

async fn take(
    step: Step,
    patient: &mut App,
    device: &MemoryDevice,
    server: &Server,
    skew: TimeDelta,
) {
    match step {
        Step::Problem(id, text) => server.put(json!({"resourceType": "Condition",
            "id": format!("c{id}"), "code": {"text": format!("Problem {text}")},
            "subject": {"reference": "Patient/p"}})),
        Step::NoProblem(id) => server.delete("Condition", &format!("c{id}")),
        Step::Result(id, text) => server.put(json!({"resourceType": "Observation",
            "id": format!("o{id}"), "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": {"text": format!("Result {text}")}, "valueString": format!("{text} of {id}"),
            "subject": {"reference": "Patient/p"}})),
        Step::NoResult(id) => server.delete("Observation", &format!("o{id}")),
        Step::Report(id, inside) => {
            let result: Vec<Value> = inside
                .iter()
                .map(|id| json!({"reference": format!("Observation/o{id}"), "display": format!("Test {id}")}))
                .collect();
            server.put(
                json!({"resourceType": "DiagnosticReport", "id": format!("r{id}"),
                "status": "final", "code": {"text": "Report"}, "result": result,
                "subject": {"reference": "Patient/p"}}),
            );
        }
        Step::NoReport(id) => server.delete("DiagnosticReport", &format!("r{id}")),
        Step::Wait(minutes) => server.advance(TimeDelta::minutes(i64::from(minutes))),
        Step::Restart => *patient = app(device, server, skew).await,
        Step::Cut(after, is_closed) => {
            let cut = if is_closed { Cut::Closed } else { Cut::Network };
            if check(patient, server, Some((usize::from(after), cut))).await {
                *patient = app(device, server, skew).await;
            }
        }
        Step::Check => {
            check(patient, server, None).await;
        }
    }
}

async fn ends_as_if_never_cut(steps: Vec<Step>, has_history: bool, page_size: usize, skew: i64) {
    let skew = TimeDelta::hours(skew);
    let server = Server::new(has_history, page_size);
    let device = MemoryDevice::default();
    let mut patient = signed_in(&device, &server, skew).await;
    for step in steps {
        take(step, &mut patient, &device, &server, skew).await;
        server.advance(TimeDelta::seconds(1));
    }
    // Where the server does not tell what it removed, the ids are compared once a day.
    server.advance(TimeDelta::hours(30));
    check(&patient, &server, None).await;
    let never_cut = signed_in(&MemoryDevice::default(), &server, skew).await;
    check(&never_cut, &server, None).await;
    assert_eq!(mirror(&patient).await, mirror(&never_cut).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None,
        ..ProptestConfig::default() })]

    #[test]
    fn a_check_that_is_cut_off_anywhere_ends_as_if_it_never_was(
        steps in proptest::collection::vec(step(), 1..40),
        has_history: bool,
        page_size in 1..5_usize,
        skew in prop_oneof![Just(0_i64), Just(24), Just(-24)],
    ) {
        block_on(ends_as_if_never_cut(steps, has_history, page_size, skew));
    }
}
