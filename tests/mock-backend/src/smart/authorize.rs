//! The authorization endpoint: checks the request, shows the choice of people, and sends the
//! browser back with a code (RFC 6749 §4.1, RFC 7636, RFC 8252).

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use url::Url;

use super::grants::SignIn;
use super::{CLIENT_ID, Form, field, page, seconds};
use crate::faults::Fault;
use crate::population::{IdentityLevel, RecordAccess};
use crate::state::{Request, State, lock};

/// The private scheme of the phone apps (RFC 8252 §7.1).
const PRIVATE_REDIRECT: &str = "uk.hale.app:/callback";

/// Why the page shows an error: the address to return to cannot be trusted, or is told the rest.
enum Refused {
    Here(&'static str),
    ToClient {
        redirect: Box<Url>,
        state: Option<String>,
        error: &'static str,
        why: &'static str,
    },
}

struct Asked {
    redirect: Url,
    redirect_uri: String,
    state: String,
    challenge: String,
    scope: String,
    nonce: Option<String>,
}

pub(super) fn authorize(state: &State, request: &Request, form: &Form) -> Response<Body> {
    match check(request, form) {
        Ok(_) => page::choice(state, form),
        Err(refused) => refuse(refused),
    }
}

pub(super) fn choose(state: &State, request: &Request, form: &Form) -> Response<Body> {
    let asked = match check(request, form) {
        Ok(asked) => asked,
        Err(refused) => return refuse(refused),
    };
    let is_refused = field(form, "persona") == Some("refuse")
        || state.faults.strikes(&request.route, &Fault::SignInRefused);
    if is_refused {
        return refuse(Refused::ToClient {
            redirect: Box::new(asked.redirect),
            state: Some(asked.state),
            error: "access_denied",
            why: "the person refused",
        });
    }
    let Some(mut sign_in) = field(form, "persona").and_then(|chosen| person(state, chosen)) else {
        return page::error("There is no such person here. Go back and choose another.");
    };
    sign_in.scope = asked.scope;
    sign_in.nonce = asked.nonce;
    let ends = state.clock.now() + seconds(state.smart.lifetimes().code);
    let code =
        lock(&state.smart.grants).new_code(sign_in, asked.redirect_uri, asked.challenge, ends);
    let returned = if state.faults.strikes(&request.route, &Fault::WrongState) {
        "not-the-state-that-was-sent".to_owned()
    } else {
        asked.state
    };
    let mut redirect = asked.redirect;
    redirect
        .query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &returned);
    go_to(&redirect)
}

fn check(request: &Request, form: &Form) -> Result<Asked, Refused> {
    if field(form, "client_id") != Some(CLIENT_ID) {
        return Err(Refused::Here(
            "The app that sent you here is not registered (client_id).",
        ));
    }
    let redirect_uri = field(form, "redirect_uri").unwrap_or_default();
    let redirect = Url::parse(redirect_uri)
        .ok()
        .filter(is_registered)
        .ok_or(Refused::Here(
            "The address to return to is not registered (redirect_uri).",
        ))?;
    let returned = field(form, "state").map(str::to_owned);
    let to_client = |error, why| Refused::ToClient {
        redirect: Box::new(redirect.clone()),
        state: returned.clone(),
        error,
        why,
    };
    if field(form, "response_type") != Some("code") {
        return Err(to_client(
            "unsupported_response_type",
            "response_type must be code",
        ));
    }
    let challenge = field(form, "code_challenge").unwrap_or_default();
    if field(form, "code_challenge_method") != Some("S256") || challenge.len() != 43 {
        return Err(to_client("invalid_request", "PKCE with S256 is required"));
    }
    let state = returned
        .clone()
        .ok_or(to_client("invalid_request", "state is required"))?;
    let aud = field(form, "aud")
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    if aud != request.fhir_base() {
        return Err(to_client(
            "invalid_request",
            "aud must be the FHIR base of this server",
        ));
    }
    let scope = granted(field(form, "scope").unwrap_or_default());
    if scope.is_empty() {
        return Err(to_client("invalid_scope", "none of the scopes is known"));
    }
    Ok(Asked {
        redirect_uri: redirect_uri.to_owned(),
        redirect: redirect.clone(),
        state,
        challenge: challenge.to_owned(),
        scope,
        nonce: field(form, "nonce").map(str::to_owned),
    })
}

/// Loopback addresses with any port (RFC 8252 §7.3), or the private scheme. `localhost` is not
/// taken: RFC 8252 §8.3 warns of it.
fn is_registered(url: &Url) -> bool {
    let is_loopback = url.scheme() == "http"
        && matches!(url.host_str(), Some("127.0.0.1" | "[::1]"))
        && url.port().is_some()
        && url.path() == "/callback";
    (is_loopback || url.as_str() == PRIVATE_REDIRECT)
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

/// The scopes that this server knows, in the order asked.
fn granted(asked: &str) -> String {
    let known = |scope: &&str| {
        matches!(
            *scope,
            "openid" | "fhirUser" | "profile" | "launch/patient" | "offline_access"
        ) || crate::fhir::is_resource_scope(scope)
    };
    asked
        .split_whitespace()
        .filter(known)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Who was chosen: a persona's key, `key:patient` for somebody acted for, a Patient id or an NHS
/// number.
fn person(state: &State, chosen: &str) -> Option<SignIn> {
    let population = state.store.population();
    let (key, acted_for) = match chosen.split_once(':') {
        Some((key, patient)) => (key, Some(patient)),
        None => (chosen, None),
    };
    let at = state.clock.now();
    let whole = |index: u32, identity, access| {
        Some(SignIn {
            person: index,
            patient: index,
            patient_id: format!("p{index:06}"),
            identity,
            access,
            scope: String::new(),
            nonce: None,
            at,
        })
    };
    let Some(persona) = population
        .personas()
        .iter()
        .find(|persona| persona.key == key)
    else {
        let index = population
            .index_of(key)
            .or_else(|| population.find_by_nhs_number(key))?;
        if let Some(persona) = population
            .personas()
            .iter()
            .find(|persona| persona.patient_index == index)
        {
            return whole(index, persona.identity_level, persona.access);
        }
        return whole(index, IdentityLevel::P9, RecordAccess::Full);
    };
    let mut sign_in = whole(
        persona.patient_index,
        persona.identity_level,
        persona.access,
    )?;
    sign_in.patient_id.clone_from(&persona.patient_id);
    if let Some(patient) = acted_for {
        let id = persona.acts_for.iter().find(|id| *id == patient)?;
        sign_in.patient = population.index_of(id)?;
        sign_in.patient_id.clone_from(id);
    }
    Some(sign_in)
}

fn refuse(refused: Refused) -> Response<Body> {
    match refused {
        Refused::Here(why) => page::error(why),
        Refused::ToClient {
            mut redirect,
            state,
            error,
            why,
        } => {
            redirect
                .query_pairs_mut()
                .append_pair("error", error)
                .append_pair("error_description", why)
                .extend_pairs(state.map(|state| ("state", state)));
            go_to(&redirect)
        }
    }
}

fn go_to(url: &Url) -> Response<Body> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.as_str())]).into_response()
}
