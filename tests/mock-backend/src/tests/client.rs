//! A client of these tests' own, so that the backend is not tested by itself.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{Config, MockBackend, RunningMock};

pub(super) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-in-length";
pub(super) const REDIRECT: &str = "http://127.0.0.1:49152/callback";
pub(super) const SCOPE: &str =
    "openid fhirUser launch/patient offline_access patient/*.cruds user/*.rs";

/// A Monday at ten o'clock, so that no test depends on the day it runs.
pub(super) const NOW: &str = "2026-03-02T10:00:00Z";

pub(super) async fn mock() -> RunningMock {
    let config = Config {
        clock: Some(NOW.parse().unwrap()),
        ..Config::default()
    };
    MockBackend::start(config).await.unwrap()
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The NHS code of the refusal.
    pub(super) fn code(&self) -> String {
        let code = self
            .json()
            .pointer("/issue/0/details/coding/0/code")
            .cloned();
        code.and_then(|code| Some(code.as_str()?.to_owned()))
            .unwrap_or_default()
    }
}

/// One request on a connection of its own; an error if the connection ended first.
pub(super) async fn send(
    mock: &RunningMock,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Result<Answer, String> {
    let stream = tokio::net::TcpStream::connect(mock.address())
        .await
        .map_err(|error| error.to_string())?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let driver = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("Host", mock.address().to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = sender
        .send_request(request.body(body.into()).unwrap())
        .await
        .map_err(|error| error.to_string())?;
    let (parts, body) = answer.into_parts();
    let bytes = body
        .collect()
        .await
        .map_err(|error| error.to_string())?
        .to_bytes()
        .to_vec();
    driver.abort();
    Ok(Answer {
        status: StatusCode::as_u16(&parts.status),
        headers: parts.headers,
        bytes,
    })
}

pub(super) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The address of the sign-in page, with some parameters replaced.
pub(super) fn authorize_url(mock: &RunningMock, changes: &[(&str, &str)]) -> Url {
    let challenge = challenge();
    let base = mock.fhir_base().to_string();
    let mut url = mock.origin();
    url.set_path("/auth/authorize");
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "hale"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("aud", base.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ] {
        let value = changes
            .iter()
            .find(|change| change.0 == name)
            .map_or(value, |change| change.1);
        url.query_pairs_mut().append_pair(name, value);
    }
    url
}

pub(super) fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|pair| pair.0 == name)
        .map(|pair| pair.1.into_owned())
}

pub(super) async fn token(mock: &RunningMock, form: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    send(mock, "POST", "/auth/token", &headers, body)
        .await
        .unwrap()
}

pub(super) async fn exchange(mock: &RunningMock, code: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", "hale"),
        ("code_verifier", VERIFIER),
    ];
    token(mock, &form).await
}

pub(super) async fn code(mock: &RunningMock, persona: &str) -> String {
    let url = authorize_url(mock, &[]);
    let redirect = mock.authorize_as(url.as_str(), persona).await.unwrap();
    query(&redirect, "code").unwrap()
}

/// Somebody signed in.
pub(super) struct Client<'a> {
    pub(super) mock: &'a RunningMock,
    pub(super) grant: Value,
}

impl<'a> Client<'a> {
    pub(super) async fn of(mock: &'a RunningMock, persona: &str) -> Self {
        let answer = exchange(mock, &code(mock, persona).await).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        Self {
            mock,
            grant: answer.json(),
        }
    }

    pub(super) fn patient(&self) -> &str {
        self.grant["patient"].as_str().unwrap()
    }

    pub(super) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, String> {
        let bearer = format!("Bearer {}", self.grant["access_token"].as_str().unwrap());
        let mut all = vec![("Authorization", bearer.as_str())];
        all.extend(headers);
        if !headers.iter().any(|header| header.0 == "Content-Type") {
            all.push(("Content-Type", "application/fhir+json"));
        }
        let path = path.replace("{}", self.patient());
        send(
            self.mock,
            method,
            &format!("/fhir/{path}"),
            &all,
            body.to_owned(),
        )
        .await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.try_send("GET", path, &[], "").await.unwrap()
    }

    pub(super) async fn post(&self, kind: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.try_send("POST", kind, headers, &body.to_string())
            .await
            .unwrap()
    }

    pub(super) async fn put(&self, path: &str, body: &Value, if_match: &str) -> Answer {
        let headers = [("If-Match", if_match)];
        self.try_send("PUT", path, &headers, &body.to_string())
            .await
            .unwrap()
    }

    /// The resources of a search's entries with this mode, over all pages.
    pub(super) async fn search(&self, path: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let mut path = path.to_owned();
        loop {
            let answer = self.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.json());
            let bundle = answer.json();
            found.extend(resources(&bundle, "match"));
            match next(&bundle) {
                Some(url) => {
                    let base = format!("{}/", self.mock.fhir_base());
                    path = url.strip_prefix(&base).expect("same origin").to_owned();
                }
                None => return found,
            }
        }
    }

    /// Free slots by this channel from tomorrow on.
    pub(super) async fn free_slots(&self, channel: &str) -> Vec<Value> {
        let all = self
            .search("Slot?status=free&start=ge2026-03-03&start=lt2026-03-14&_count=500")
            .await;
        all.into_iter()
            .filter(|slot| slot["extension"].to_string().contains(channel))
            .collect()
    }

    pub(super) fn booking(&self, slot: &Value, id: &str) -> Value {
        let location = self.mock.population_practice_of(self.patient());
        json!({
            "resourceType": "Appointment",
            "identifier": [{ "system": "https://tools.ietf.org/html/rfc4122", "value": id }],
            "status": "booked",
            "start": slot["start"],
            "end": slot["end"],
            "slot": [{ "reference": format!("Slot/{}", slot["id"].as_str().unwrap()) }],
            "reasonCode": [{ "text": "My knee hurts" }],
            "participant": [
                { "actor": { "reference": format!("Patient/{}", self.patient()) }, "status": "accepted" },
                { "actor": { "reference": format!("Organization/{location}") }, "status": "accepted" },
            ],
        })
    }
}

impl RunningMock {
    fn population_practice_of(&self, patient: &str) -> String {
        let population = self.store().population();
        population
            .practice_of(population.index_of(patient).unwrap())
            .id
            .to_owned()
    }
}

pub(super) fn resources(bundle: &Value, mode: &str) -> Vec<Value> {
    bundle["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["search"]["mode"] == mode)
        .map(|entry| entry["resource"].clone())
        .collect()
}

pub(super) fn next(bundle: &Value) -> Option<String> {
    let links = bundle["link"].as_array()?;
    let next = links.iter().find(|link| link["relation"] == "next")?;
    Some(next["url"].as_str()?.to_owned())
}
