//! Doubles: a clock that stands still, a keeper that remembers, a person at a browser, and servers.

pub(crate) mod raw;
pub(crate) mod smart;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use hale_core::ports::{
    BackendInfo, Backends, Clock, DeviceError, Fetch, Target, TokenKeeper, Tokens, Write,
};
use hale_remote::{HttpBackends, HttpOptions, HttpRemote};
use uuid::Uuid;

/// The moment of all tests.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-01-05T14:30:00Z".parse().unwrap()
}

/// A clock that moves when it is told to.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(now())))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// What happened, in order, as servers and keepers saw it.
pub(crate) type Events = Arc<Mutex<Vec<String>>>;

/// A keychain that remembers what it was given, and can be told to fail.
#[derive(Clone, Default)]
pub(crate) struct TestKeeper {
    pub(crate) kept: Arc<Mutex<Vec<Tokens>>>,
    pub(crate) events: Events,
    pub(crate) fails: bool,
}

impl TokenKeeper for TestKeeper {
    fn keep(&self, tokens: Tokens) -> BoxFuture<'_, Result<(), DeviceError>> {
        async move {
            if self.fails {
                return Err(DeviceError::KeychainUnavailable(None));
            }
            let token = tokens.refresh_token.clone().unwrap_or_default();
            self.events.lock().unwrap().push(format!("kept {token}"));
            self.kept.lock().unwrap().push(tokens);
            Ok(())
        }
        .boxed()
    }
}

/// Limits short enough to wait for.
pub(crate) fn options() -> HttpOptions {
    HttpOptions {
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(20),
        retry_delay: Duration::from_millis(1),
        ..HttpOptions::default()
    }
}

pub(crate) fn backends(options: HttpOptions) -> HttpBackends {
    HttpBackends::new(options, Arc::new(TestClock::new()))
}

/// A backend whose base is `{origin}/fhir`.
pub(crate) fn info(origin: &str) -> BackendInfo {
    BackendInfo {
        base_url: format!("{origin}/fhir"),
        name: "Test".to_owned(),
        is_test: true,
        fhir_version: Some("4.0.1".to_owned()),
        authorization_endpoint: format!("{origin}/authorize"),
        token_endpoint: format!("{origin}/token"),
        revocation_endpoint: Some(format!("{origin}/revoke")),
        issuer: Some(origin.to_owned()),
        jwks_uri: Some(format!("{origin}/jwks")),
        capabilities: vec!["permission-v2".to_owned(), "permission-offline".to_owned()],
        interactions: Vec::new(),
    }
}

pub(crate) const ACCESS: &str = "access-token-one-canary";
pub(crate) const REFRESH: &str = "refresh-token-one-canary";

pub(crate) fn tokens() -> Tokens {
    Tokens {
        access_token: ACCESS.to_owned(),
        expires_at: Some(now() + TimeDelta::seconds(300)),
        refresh_token: Some(REFRESH.to_owned()),
        scope: "launch/patient".to_owned(),
        patient_id: "p1".to_owned(),
    }
}

/// A person's connection to a backend at this origin.
pub(crate) fn connect(origin: &str) -> HttpRemote {
    connect_with(origin, options())
}

pub(crate) fn connect_with(origin: &str, options: HttpOptions) -> HttpRemote {
    backends(options).connect(info(origin), tokens(), Arc::new(TestKeeper::default()))
}

pub(crate) fn path(path: &str) -> Fetch {
    Fetch {
        target: Target::Path(path.to_owned()),
        if_none_match: None,
    }
}

pub(crate) fn next(link: &str) -> Fetch {
    Fetch {
        target: Target::Next(link.to_owned()),
        if_none_match: None,
    }
}

pub(crate) fn booking() -> Write {
    Write {
        method: "POST",
        path: "Appointment".to_owned(),
        content_type: "application/fhir+json",
        body: r#"{"resourceType":"Appointment"}"#.to_owned(),
        request_id: Uuid::from_u128(7),
        if_match: None,
        if_none_exist: Some("identifier=https://tools.ietf.org/html/rfc4122|7".to_owned()),
    }
}

/// The id of every request that a server got, each of its own.
pub(crate) async fn request_ids(server: &wiremock::MockServer) -> Vec<Uuid> {
    let requests = server.received_requests().await.unwrap();
    let ids: Vec<Uuid> = requests
        .iter()
        .map(|request| {
            let id = request.headers.get("x-request-id");
            let id = id.unwrap_or_else(|| panic!("{} has no id", request.url.path()));
            id.to_str().unwrap().parse().unwrap()
        })
        .collect();
    let apart: std::collections::HashSet<&Uuid> = ids.iter().collect();
    assert_eq!(apart.len(), ids.len(), "two requests have one id");
    ids
}

/// The text of an error and everything beneath it, in both forms.
pub(crate) fn all_text(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(source) = next {
        text += &format!(" {source} {source:?}");
        next = source.source();
    }
    text
}
