//! A SMART server that signs id tokens, and a person at a browser who comes back from its page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hale_core::ports::{BrowserError, OpenBrowser};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{REFRESH, backends, info, options};

pub(crate) const CODE: &str = "code-canary-48151623";
pub(crate) const NEW_ACCESS: &str = "granted-access-canary";

/// An id token before it is signed.
pub(crate) struct Draft {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// Signed by somebody else's key.
    pub(crate) is_forged: bool,
    /// Without any signature.
    pub(crate) is_unsigned: bool,
}

type Alter = dyn Fn(&mut Value, &mut Draft) + Send + Sync;

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap()
}

/// The server.
pub(crate) struct Smart {
    pub(crate) server: MockServer,
    /// The parameters of the sign-in page, once it was opened.
    pub(crate) asked: Arc<Mutex<HashMap<String, String>>>,
}

impl Smart {
    /// A server that grants what `alter` makes of a good grant and id token.
    pub(crate) async fn start(
        alter: impl Fn(&mut Value, &mut Draft) + Send + Sync + 'static,
    ) -> Self {
        let server = MockServer::start().await;
        let key = new_key();
        let point = key.public_key().as_ref();
        let jwks = json!({"keys": [{
            "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
            "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
        }]});
        Mock::given(method("GET"))
            .and(path("/jwks"))
            .respond_with(ResponseTemplate::new(200).set_body_json(jwks))
            .mount(&server)
            .await;
        let asked = Arc::new(Mutex::new(HashMap::new()));
        let issuer = server.uri();
        let page = Arc::clone(&asked);
        let alter: Box<Alter> = Box::new(alter);
        Mock::given(method("POST"))
            .and(path("/token"))
            .respond_with(move |request: &Request| {
                grant(
                    request,
                    &page.lock().unwrap(),
                    &issuer,
                    &key,
                    alter.as_ref(),
                )
            })
            .mount(&server)
            .await;
        Self { server, asked }
    }

    /// Signs in with a browser that comes back with the given query.
    pub(crate) async fn sign_in(
        &self,
        back: impl Fn(&HashMap<String, String>) -> String + Send + Sync + 'static,
    ) -> (
        Result<hale_core::ports::SignedIn, hale_core::ports::SignInError>,
        Arc<Browser>,
    ) {
        use hale_core::ports::Backends;
        let browser = Arc::new(Browser {
            asked: Arc::clone(&self.asked),
            back: Box::new(back),
            page: Arc::default(),
        });
        let opener: Arc<dyn OpenBrowser> = browser.clone();
        let outcome = backends(options())
            .sign_in(info(&self.server.uri()), opener)
            .await;
        (outcome, browser)
    }
}

fn grant(
    request: &Request,
    asked: &HashMap<String, String>,
    issuer: &str,
    key: &EcdsaKeyPair,
    alter: &Alter,
) -> ResponseTemplate {
    let form: HashMap<String, String> = url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    let is_right = form["code"] == CODE
        && form["grant_type"] == "authorization_code"
        && challenge == asked["code_challenge"]
        && form["redirect_uri"] == asked["redirect_uri"]
        && form["client_id"] == asked["client_id"];
    if !is_right {
        return ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
    }
    let now = chrono::Utc::now().timestamp();
    let mut draft = Draft {
        header: json!({"alg": "ES256", "kid": "k1", "typ": "JWT"}),
        claims: json!({
            "iss": issuer, "aud": asked["client_id"], "sub": "s1", "nonce": asked["nonce"],
            "iat": now, "exp": now + 3600, "nhs_number": "9990000018",
            "identity_proofing_level": "P9", "given_name": "Ada", "family_name": "Example",
            "birthdate": "1980-02-29",
        }),
        is_forged: false,
        is_unsigned: false,
    };
    let mut grant = json!({
        "access_token": NEW_ACCESS, "token_type": "Bearer", "expires_in": 300,
        "scope": asked["scope"], "patient": "p1", "refresh_token": REFRESH, "id_token": "",
    });
    alter(&mut grant, &mut draft);
    if grant["id_token"] == "" {
        grant["id_token"] = json!(signed(&draft, key));
    }
    let status = grant["status"].as_u64().unwrap_or(200);
    ResponseTemplate::new(u16::try_from(status).unwrap()).set_body_json(grant)
}

fn signed(draft: &Draft, key: &EcdsaKeyPair) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&draft.header), part(&draft.claims));
    let other = new_key();
    let key = if draft.is_forged { &other } else { key };
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let signature = if draft.is_unsigned {
        String::new()
    } else {
        URL_SAFE_NO_PAD.encode(signature)
    };
    format!("{message}.{signature}")
}

type Back = dyn Fn(&HashMap<String, String>) -> String + Send + Sync;

/// A person who opens the page and comes back at once.
pub(crate) struct Browser {
    asked: Arc<Mutex<HashMap<String, String>>>,
    back: Box<Back>,
    /// What the browser showed at the end.
    pub(crate) page: Arc<tokio::sync::Mutex<String>>,
}

impl OpenBrowser for Browser {
    fn open(&self, url: &str) -> Result<(), BrowserError> {
        let asked: HashMap<String, String> = Url::parse(url)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect();
        let query = (self.back)(&asked);
        let redirect = Url::parse(&asked["redirect_uri"]).unwrap();
        *self.asked.lock().unwrap() = asked;
        let authority = redirect[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        let mut page = Arc::clone(&self.page).try_lock_owned().unwrap();
        tokio::spawn(async move {
            let target = format!("{}?{query}", redirect.path());
            *page = visit(&authority, &authority, "GET", &target).await;
        });
        Ok(())
    }
}

/// One request as a browser sends it; gives the whole answer.
pub(crate) async fn visit(authority: &str, host: &str, method: &str, target: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(authority).await else {
        return String::new();
    };
    let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// The query of a good return.
pub(crate) fn good(asked: &HashMap<String, String>) -> String {
    format!("code={CODE}&state={}", asked["state"])
}
