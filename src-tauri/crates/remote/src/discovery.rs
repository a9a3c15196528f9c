//! Looking at an address: is it a FHIR R4 server, and can a patient app sign in there? Strict about
//! what safety rests on (addresses, S256), lenient and recording about the rest. Sends no token.

use hale_core::ports::{BackendInfo, DiscoveryError, RemoteError};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::address::{Unusable, base_text, below, is_allowed, is_loopback, normalise};
use crate::transport::{Answer, Failure, Transport};

/// The largest description of a server that is read. Large servers list every type: 2 MB is seen.
const LIMIT: usize = 8 * 1024 * 1024;

/// The longest name of a server that is shown.
const MAX_NAME: usize = 80;

/// Looks at what a person typed.
pub(crate) async fn discover(
    transport: &Transport,
    typed: &str,
) -> Result<BackendInfo, DiscoveryError> {
    let base = normalise(typed).map_err(|why| match why {
        Unusable::NoAddress => DiscoveryError::BadAddress,
        Unusable::PlainHttp => DiscoveryError::PlainHttp,
    })?;
    let (metadata, smart) = futures::join!(
        get(transport, &base, "metadata", "application/fhir+json"),
        get(
            transport,
            &base,
            ".well-known/smart-configuration",
            "application/json"
        ),
    );
    describe(&base, metadata?, smart?)
}

/// What the two answers of a server say together.
pub(crate) fn describe(
    base: &Url,
    metadata: Answer,
    smart: Answer,
) -> Result<BackendInfo, DiscoveryError> {
    let statement = read_metadata(metadata)?;
    let smart = read_smart(smart, base, statement.is_some())?;
    let statement = statement.unwrap_or_default();
    let host = base.host_str().unwrap_or_default();
    Ok(BackendInfo {
        base_url: base_text(base),
        name: statement.name.unwrap_or_else(|| host.to_owned()),
        is_test: statement.is_experimental || is_loopback(base),
        fhir_version: statement.fhir_version,
        authorization_endpoint: smart.authorization_endpoint,
        token_endpoint: smart.token_endpoint,
        revocation_endpoint: smart.revocation_endpoint,
        issuer: smart.issuer,
        jwks_uri: smart.jwks_uri,
        capabilities: smart.capabilities,
        interactions: statement.interactions,
    })
}

async fn get(
    transport: &Transport,
    base: &Url,
    path: &str,
    accept: &'static str,
) -> Result<Answer, DiscoveryError> {
    let url = below(base, path).ok_or(DiscoveryError::BadAddress)?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    transport.get(url, &headers, LIMIT).await.map_err(refusal)
}

fn refusal(failure: Failure) -> DiscoveryError {
    match failure.error {
        RemoteError::Unsafe("certificate") => DiscoveryError::BadCertificate,
        RemoteError::NotConnected(source) | RemoteError::NoAnswer { source, .. } => {
            DiscoveryError::Unreachable(source)
        }
        // Something answers, but with a redirect elsewhere or endless data: no FHIR server does.
        _ => DiscoveryError::NotFhir,
    }
}

/// What `/metadata` tells.
#[derive(Default)]
struct Statement {
    fhir_version: Option<String>,
    name: Option<String>,
    is_experimental: bool,
    interactions: Vec<String>,
}

/// Reads a CapabilityStatement; `None` where the server has no `/metadata` or keeps it to itself,
/// as several NHS services do (the sign-in page then decides whether it is a server of ours).
fn read_metadata(answer: Answer) -> Result<Option<Statement>, DiscoveryError> {
    match answer.status {
        200..=299 => {}
        401 | 403 | 404 | 405 | 501 => return Ok(None),
        408 | 429 | 500.. => return Err(DiscoveryError::ServerFault(answer.status)),
        _ => return Err(DiscoveryError::NotFhir),
    }
    let json: Value = serde_json::from_slice(&answer.body).map_err(|_| DiscoveryError::NotFhir)?;
    // `Conformance` is what FHIR DSTU2 called it: another version rather than no FHIR at all.
    if !matches!(
        json["resourceType"].as_str(),
        Some("CapabilityStatement" | "Conformance")
    ) {
        return Err(DiscoveryError::NotFhir);
    }
    let version = json["fhirVersion"].as_str().unwrap_or("unknown");
    if !is_r4(version) {
        let found = version
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || ".-".contains(*letter))
            .take(20)
            .collect();
        return Err(DiscoveryError::WrongVersion { found });
    }
    let name = ["/software/name", "/implementation/description"]
        .iter()
        .filter_map(|pointer| json.pointer(pointer)?.as_str())
        .map(|name| name.trim().chars().take(MAX_NAME).collect::<String>())
        .find(|name| !name.is_empty());
    Ok(Some(Statement {
        fhir_version: Some(version.to_owned()),
        name,
        is_experimental: json["experimental"].as_bool().unwrap_or(false),
        interactions: interactions(&json),
    }))
}

/// FHIR R4 is 4.0.0 and 4.0.1; 4.1 and 4.3 are R4B, another set of types.
fn is_r4(version: &str) -> bool {
    version == "4.0" || version.starts_with("4.0.")
}

/// `Type:interaction` and `Type:$operation` of the server's own role.
fn interactions(json: &Value) -> Vec<String> {
    let roles = json["rest"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let server = roles
        .iter()
        .find(|role| role["mode"] == "server")
        .or_else(|| roles.first());
    let mut found = Vec::new();
    for resource in server
        .and_then(|role| role["resource"].as_array())
        .into_iter()
        .flatten()
    {
        let Some(kind) = resource["type"].as_str() else {
            continue;
        };
        let interactions = resource["interaction"].as_array().into_iter().flatten();
        found.extend(
            interactions.filter_map(|one| Some(format!("{kind}:{}", one["code"].as_str()?))),
        );
        let operations = resource["operation"].as_array().into_iter().flatten();
        found.extend(operations.filter_map(|one| {
            Some(format!(
                "{kind}:${}",
                one["name"].as_str()?.trim_start_matches('$')
            ))
        }));
    }
    found
}

/// `smart-configuration` (SMART App Launch 2.2 §4.2), as it is read.
#[derive(Deserialize)]
struct SmartConfiguration {
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(default)]
    revocation_endpoint: Option<String>,
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    jwks_uri: Option<String>,
    #[serde(default)]
    capabilities: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
}

fn read_smart(
    answer: Answer,
    base: &Url,
    is_fhir: bool,
) -> Result<SmartConfiguration, DiscoveryError> {
    let none = || {
        if is_fhir {
            DiscoveryError::NoSmart
        } else {
            DiscoveryError::NotFhir
        }
    };
    match answer.status {
        200..=299 => {}
        408 | 429 | 500 | 502.. => return Err(DiscoveryError::ServerFault(answer.status)),
        _ => return Err(none()),
    }
    let json: Value = serde_json::from_slice(&answer.body).map_err(|_| none())?;
    let mut smart: SmartConfiguration =
        serde_json::from_value(json).map_err(|_| DiscoveryError::NoSmart)?;
    let is_usable = |address: &str| {
        // Plain HTTP is for a server on this device only: one elsewhere must not make Hale send a
        // code or a token to some other program here.
        Url::parse(address)
            .is_ok_and(|url| is_allowed(&url) && (url.scheme() == "https" || is_loopback(base)))
    };
    let has_s256 = smart
        .code_challenge_methods_supported
        .iter()
        .any(|method| method == "S256");
    if !has_s256 || !is_usable(&smart.authorization_endpoint) || !is_usable(&smart.token_endpoint) {
        return Err(DiscoveryError::NoSmart);
    }
    smart.revocation_endpoint = smart
        .revocation_endpoint
        .filter(|address| is_usable(address));
    smart.jwks_uri = smart.jwks_uri.filter(|address| is_usable(address));
    for wanted in [
        "launch-standalone",
        "client-public",
        "context-standalone-patient",
        "permission-patient",
    ] {
        if !smart.capabilities.iter().any(|listed| listed == wanted) {
            tracing::info!(
                capability = wanted,
                "the backend does not list a wanted capability"
            );
        }
    }
    Ok(smart)
}
