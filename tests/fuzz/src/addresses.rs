//! Addresses, links, descriptions of servers, tokens, headers and the browser's way back.
//!
//! The first letter of an input says what the rest is; see [`check`]. The laws: nothing panics; no
//! address leads to another server or over plain HTTP beyond this device; nothing but a token that
//! was signed is believed; a code is taken only from the answer to our own sign-in.

use chrono::{DateTime, TimeDelta, Utc};
use hale_core::ports::Target;
use hale_remote::fuzzing as remote;
use url::{Host, Url};

/// Tokens signed once by a key that was thrown away.
const SIGNED: &str =
    include_str!("../../../src-tauri/crates/remote/tests/fixtures/rsa_id_tokens.json");

/// The state, the issuer and the listener of the sign-in that is waited for.
const STATE: &str = "st4te";
const ISSUER: &str = "https://id.example.org";
const LISTENER: &str = "127.0.0.1:49152";

/// Runs the laws over an input:
///
/// | letter | the rest |
/// |---|---|
/// | `a` | what a person typed as an address |
/// | `l` | a `next` link |
/// | `p` | a path below the base |
/// | `r` | a `Location` |
/// | `m` | `/metadata` |
/// | `s` | `smart-configuration` |
/// | `t` | the answer of a token endpoint |
/// | `i` | an id token |
/// | `k` | a set of keys |
/// | `h` | a `Date`, a new line, a `Retry-After` |
/// | `c` | a request to the listener |
/// | `q` | the query of a callback |
pub fn check(input: &[u8]) {
    let Some((letter, rest)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match letter {
        b'a' => typed(&text),
        b'l' => for_each_base(|base| {
            stays(
                base,
                remote::address_of(base, &Target::Next(text.to_string())).ok(),
            )
        }),
        b'p' => for_each_base(|base| path(base, &text)),
        b'r' => for_each_base(|base| stays(base, remote::redirect(base, rest).ok().flatten())),
        b'm' => described((200, rest), (200, SMART.as_bytes())),
        b's' => {
            described((200, METADATA.as_bytes()), (200, rest));
            described((404, b""), (200, rest));
        }
        b't' => token(rest),
        b'i' => id_token(&text),
        b'k' => keys(rest),
        b'h' => headers(rest),
        b'c' => callback(rest),
        b'q' => query(&text),
        _ => {}
    }
}

const METADATA: &str = r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[{"type":"Patient","interaction":[{"code":"read"}]}]}]}"#;
const SMART: &str = r#"{"authorization_endpoint":"https://id.example.org/a","token_endpoint":"https://id.example.org/t","capabilities":["launch-standalone"],"code_challenge_methods_supported":["S256"]}"#;

fn for_each_base(mut check: impl FnMut(&Url)) {
    for base in [
        "https://fhir.example.org/r4",
        "https://fhir.example.org",
        "http://127.0.0.1:8080/fhir",
    ] {
        check(&base.parse().expect("a base address"));
    }
}

/// Whether plain HTTP to there stays on this device. Written apart from the product's own rule.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets()[0] == 127,
        Some(Host::Ipv6(address)) => address.segments() == [0, 0, 0, 0, 0, 0, 0, 1],
        None => false,
    }
}

fn is_safe(url: &Url) {
    assert!(
        url.scheme() == "https" || (url.scheme() == "http" && is_here(url)),
        "a request would leave this device in plain text"
    );
    assert!(url.host_str().is_some_and(|host| !host.is_empty()));
    assert!(url.username().is_empty() && url.password().is_none());
}

fn typed(text: &str) {
    let Some(base) = remote::base_address(text) else {
        return;
    };
    is_safe(&base);
    assert!(base.query().is_none() && base.fragment().is_none());
    let again = remote::base_address(base.as_str());
    assert_eq!(
        again.as_ref(),
        Some(&base),
        "an address that changes when it is read again"
    );
    if let Ok(one) = remote::address_of(&base, &Target::Path("Patient/1".to_owned())) {
        is_safe(&one);
    } else {
        panic!("a base address that nothing is below");
    }
}

/// A link or a redirect leads to the same server or nowhere.
fn stays(base: &Url, to: Option<Url>) {
    let Some(to) = to else { return };
    is_safe(&to);
    assert_eq!(to.scheme(), base.scheme());
    assert_eq!(to.host_str(), base.host_str());
    assert_eq!(to.port_or_known_default(), base.port_or_known_default());
}

fn path(base: &Url, path: &str) {
    let to = remote::address_of(base, &Target::Path(path.to_owned())).ok();
    if let Some(to) = &to {
        let below = format!("{}/", base.as_str().trim_end_matches('/'));
        assert!(to.as_str().starts_with(&below), "a path left its base");
    }
    stays(base, to);
}

fn described(metadata: (u16, &[u8]), smart: (u16, &[u8])) {
    for_each_base(|base| {
        let Ok(info) = remote::describe(base, metadata, smart) else {
            return;
        };
        let endpoints = [
            Some(&info.authorization_endpoint),
            Some(&info.token_endpoint),
            info.revocation_endpoint.as_ref(),
            info.jwks_uri.as_ref(),
        ];
        for endpoint in endpoints.into_iter().flatten() {
            let url: Url = endpoint.parse().expect("an endpoint that is no address");
            is_safe(&url);
            assert!(
                url.scheme() == "https" || is_here(base),
                "a server elsewhere names a program on this device"
            );
        }
        assert!(!info.name.trim().is_empty(), "a server without a name");
        assert!(
            info.name.chars().count() <= 80,
            "a name that fills the screen"
        );
        if let Some(version) = &info.fhir_version {
            assert!(version.starts_with("4.0"), "not FHIR R4");
        }
    });
}

fn token(body: &[u8]) {
    for status in [200, 400, 503] {
        let Some(granted) = remote::grant(status, body, now()) else {
            continue;
        };
        assert_eq!(status, 200, "a refusal was taken for a grant");
        assert!(granted.expires_at.is_none_or(|end| end >= now()));
        if let Some(id) = granted.patient_id {
            assert!(
                !id.is_empty() && id.len() <= 64 && !id.contains(['/', '?', '#', '%', ' ']),
                "a patient's id that changes an address"
            );
        }
    }
}

fn id_token(raw: &str) {
    let (keys, tokens) = signed();
    let signing_input = |token: &str| token.rsplit_once('.').map(|(input, _)| input.to_owned());
    if remote::identity(raw, &keys, now()).is_ok() {
        assert!(
            tokens
                .iter()
                .any(|token| signing_input(token) == signing_input(raw)),
            "a token was believed that nobody signed"
        );
    }
}

fn keys(body: &[u8]) {
    let (_, tokens) = signed();
    for token in tokens {
        if let Ok(claims) = remote::identity(&token, body, now()) {
            assert_eq!(claims.nhs_number.as_deref(), Some("9990000018"));
        }
    }
}

fn signed() -> (Vec<u8>, Vec<String>) {
    let fixture: serde_json::Value = serde_json::from_str(SIGNED).expect("the fixture is JSON");
    let tokens = ["RS256", "RS512"]
        .iter()
        .filter_map(|name| fixture[*name].as_str())
        .map(ToOwned::to_owned)
        .collect();
    (fixture["keys"].to_string().into_bytes(), tokens)
}

fn headers(rest: &[u8]) {
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let date = lines.next().unwrap_or_default();
    let wait = lines.next().unwrap_or_default();
    let (date, wait) = remote::times(date, wait, now());
    // As the outbox uses it.
    let wait = wait
        .and_then(|wait| TimeDelta::from_std(wait).ok())
        .unwrap_or_default()
        .min(TimeDelta::hours(1));
    assert!(
        wait >= TimeDelta::zero(),
        "a wait that ends before it begins"
    );
    let _ = date.unwrap_or_else(now) + wait;
}

fn callback(head: &[u8]) {
    let Some(found) = remote::callback(LISTENER, head) else {
        return;
    };
    let text = String::from_utf8_lossy(head);
    assert!(
        text.contains(LISTENER),
        "a request for another host was answered"
    );
    assert!(text.trim_start().starts_with("GET /callback"));
    query(&found);
}

fn query(text: &str) {
    for issuer in [None, Some(ISSUER)] {
        let Ok(code) = remote::code(text, STATE, issuer) else {
            continue;
        };
        let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
        let of = |wanted: &str| -> Vec<&str> {
            pairs
                .iter()
                .filter(|(name, _)| name == wanted)
                .map(|(_, value)| &**value)
                .collect()
        };
        assert_eq!(
            of("state"),
            [STATE],
            "the answer to another sign-in was taken"
        );
        assert_eq!(of("code"), [code.as_str()]);
        assert!(of("error").is_empty());
        if issuer.is_some() {
            assert!(of("iss").iter().all(|iss| *iss == ISSUER));
        }
    }
}

/// Within the hour in which the fixture's tokens are good.
fn now() -> DateTime<Utc> {
    "2026-01-05T08:30:00Z".parse().expect("a moment")
}
