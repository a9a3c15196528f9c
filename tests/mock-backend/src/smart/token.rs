//! The token endpoint (RFC 6749 §4.1.3, §6; RFC 7636 §4.6) and revocation (RFC 7009).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::grants::{SignIn, Worthless};
use super::{CLIENT_ID, Form, discovery, field, json as reply, seconds};
use crate::faults::Fault;
use crate::state::{Request, State, lock};

pub(super) fn token(state: &State, request: &Request, form: &Form) -> Response<Body> {
    match grant(state, request, form) {
        Ok(body) => reply(StatusCode::OK, &body),
        Err((error, why)) => reply(
            StatusCode::BAD_REQUEST,
            &json!({ "error": error, "error_description": why }),
        ),
    }
}

type Refused = (&'static str, &'static str);

fn grant(state: &State, request: &Request, form: &Form) -> Result<Value, Refused> {
    if field(form, "client_id") != Some(CLIENT_ID) {
        return Err(("invalid_client", "the client is not registered"));
    }
    let now = state.clock.now();
    let strikes = |fault: &Fault| state.faults.strikes(&request.route, fault);
    match field(form, "grant_type") {
        Some("authorization_code") => {
            let need =
                |name| field(form, name).ok_or(("invalid_request", "a parameter is missing"));
            let (code, redirect) = (need("code")?, need("redirect_uri")?);
            let challenge = challenge_of(need("code_verifier")?);
            let mut grants = lock(&state.smart.grants);
            let fits = |code: &super::grants::Code| {
                code.redirect_uri == redirect && code.challenge == challenge
            };
            let mut used = grants.use_code(code, now, fits);
            if strikes(&Fault::CodeReplayed) {
                used = grants.use_code(code, now, fits);
            }
            drop(grants);
            let (family, sign_in) = used.map_err(|Worthless| {
                (
                    "invalid_grant",
                    "the code is used, too old, or not for this request",
                )
            })?;
            Ok(issue(state, request, family, &sign_in, true))
        }
        Some("refresh_token") => {
            let token = field(form, "refresh_token")
                .ok_or(("invalid_request", "a parameter is missing"))?;
            let worthless = (
                "invalid_grant",
                "the refresh token is used, revoked or too old",
            );
            if strikes(&Fault::ExpiredRefreshToken) {
                return Err(worthless);
            }
            let used = lock(&state.smart.grants).use_refresh(token, now);
            let (family, mut sign_in) = used.map_err(|Worthless| worthless)?;
            if let Some(narrower) = field(form, "scope") {
                let have: Vec<&str> = sign_in.scope.split(' ').collect();
                if !narrower
                    .split_whitespace()
                    .all(|scope| have.contains(&scope))
                {
                    return Err(("invalid_scope", "more than was granted"));
                }
                sign_in.scope = narrower.to_owned();
            }
            // OpenID Connect Core §12.2: an id token of a refresh carries no nonce.
            sign_in.nonce = None;
            Ok(issue(state, request, family, &sign_in, false))
        }
        Some(_) => Err(("unsupported_grant_type", "only codes and refresh tokens")),
        None => Err(("invalid_request", "grant_type is missing")),
    }
}

fn issue(state: &State, request: &Request, family: Uuid, sign_in: &SignIn, first: bool) -> Value {
    let now = state.clock.now();
    let lifetimes = state.smart.lifetimes();
    let has = |name: &str| sign_in.scope.split(' ').any(|scope| scope == name);
    let mut grants = lock(&state.smart.grants);
    let access = grants.new_access(family, now + seconds(lifetimes.access_token));
    let mut body = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": lifetimes.access_token,
        "scope": sign_in.scope,
        "patient": sign_in.patient_id,
    });
    if has("offline_access") {
        let ends = now + seconds(lifetimes.refresh_token);
        body["refresh_token"] = json!(grants.new_refresh(family, ends));
    }
    drop(grants);
    if has("openid") {
        let claims = claims(state, request, sign_in, &access);
        let spoil = first && state.faults.strikes(&request.route, &Fault::BadSignature);
        body["id_token"] = json!(state.smart.key.sign(&claims, spoil));
    }
    body
}

fn claims(state: &State, request: &Request, sign_in: &SignIn, access_token: &str) -> Value {
    let strikes = |fault: &Fault| state.faults.strikes(&request.route, fault);
    let now = state.clock.now().timestamp();
    let lifetime = i64::from(state.smart.lifetimes().id_token);
    let mut issued = now;
    let mut issuer = discovery::issuer(request);
    let mut audience = CLIENT_ID;
    let mut nonce = sign_in.nonce.clone();
    if strikes(&Fault::ExpiredIdToken) {
        issued = now - lifetime - 3600;
    }
    if strikes(&Fault::WrongIssuer) {
        issuer = "https://somebody-else.example".to_owned();
    }
    if strikes(&Fault::WrongAudience) {
        audience = "another-app";
    }
    if nonce.is_some() && strikes(&Fault::WrongNonce) {
        nonce = Some("not-the-nonce-that-was-sent".to_owned());
    }
    let person = state
        .store
        .patient(sign_in.person, state.clock.today())
        .unwrap_or_default();
    let digest = Sha256::digest(access_token);
    let level = sign_in.identity.code();
    let mut claims = json!({
        "iss": issuer,
        "sub": Uuid::from_u128(u128::from(sign_in.person) + 1).to_string(),
        "aud": audience,
        "iat": issued,
        "auth_time": sign_in.at.timestamp(),
        "exp": issued + lifetime,
        "at_hash": URL_SAFE_NO_PAD.encode(&digest[..16]),
        "fhirUser": format!("{}/Patient/p{:06}", request.fhir_base(), sign_in.person),
        "identity_proofing_level": level,
        "vot": if level == "P0" { "P0.Cp".to_owned() } else { format!("{level}.Cp.Cd") },
        "vtm": format!("{issuer}/trustmark"),
        "nhs_number": nhs_number(&person),
        "family_name": person.pointer("/name/0/family"),
        "given_name": person.pointer("/name/0/given/0"),
        "birthdate": person.get("birthDate"),
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    if let Some(all) = claims.as_object_mut() {
        all.retain(|_, value| !value.is_null());
    }
    claims
}

fn nhs_number(patient: &Value) -> Option<&str> {
    patient["identifier"]
        .as_array()?
        .iter()
        .find(|identifier| identifier["system"] == "https://fhir.nhs.uk/Id/nhs-number")?["value"]
        .as_str()
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

pub(super) fn revoke(state: &State, form: &Form) -> Response<Body> {
    match field(form, "token") {
        // RFC 7009 §2.2: an unknown token is no error.
        Some(token) => {
            lock(&state.smart.grants).revoke(token);
            StatusCode::OK.into_response()
        }
        None => reply(
            StatusCode::BAD_REQUEST,
            &json!({ "error": "invalid_request" }),
        ),
    }
}
