//! What the backend holds, asked over its own HTTP as another client would.

use hale_mock_backend::RunningMock;
use serde_json::Value;
use url::Url;

/// A second client of the same person, to compare with.
pub struct Probe {
    http: reqwest::Client,
    base: Url,
    token: String,
    patient: String,
}

/// The example of RFC 7636, appendix B: a second client needs no secret of its own.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://127.0.0.1:9/callback";

impl Probe {
    /// Signs in as a persona.
    ///
    /// # Panics
    /// If the mock does not let it in.
    pub async fn sign_in(mock: &RunningMock, persona: &str) -> Self {
        let base = mock.fhir_base();
        let http = reqwest::Client::new();
        let scope = "openid launch/patient patient/*.cruds user/*.rs";
        let mut authorize = mock.origin();
        authorize.set_path("/auth/authorize");
        authorize.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "hale"),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("state", "a-state-that-only-a-probe-would-send"),
            ("nonce", "a-nonce"),
            ("aud", base.as_str()),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let redirect = mock
            .authorize_as(authorize.as_str(), persona)
            .await
            .expect("the page leads back");
        let code = redirect
            .query_pairs()
            .find(|(name, _)| name == "code")
            .map(|(_, code)| code.into_owned())
            .expect("the page gives a code");
        let mut token = mock.origin();
        token.set_path("/auth/token");
        let answer: Value = http
            .post(token)
            .form(&[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", REDIRECT),
                ("client_id", "hale"),
                ("code_verifier", VERIFIER),
            ])
            .send()
            .await
            .expect("the mock answers")
            .json()
            .await
            .expect("the mock answers JSON");
        let text = |name: &str| {
            answer[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name} in {answer}"))
                .to_owned()
        };
        Self {
            http,
            base,
            token: text("access_token"),
            patient: text("patient"),
        }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The patient's id.
    #[must_use]
    pub fn patient(&self) -> &str {
        &self.patient
    }

    /// Every match of a search, over all its pages. `{}` stands for the patient's id.
    pub async fn search(&self, search: &str) -> Vec<Value> {
        let mut url = format!("{}/{}", self.base, search.replace("{}", &self.patient));
        let mut found = Vec::new();
        loop {
            let page: Value = self
                .http
                .get(&url)
                .bearer_auth(&self.token)
                .header("Accept", "application/fhir+json")
                .send()
                .await
                .expect("the mock answers")
                .json()
                .await
                .expect("the mock answers JSON");
            assert_eq!(page["resourceType"], "Bundle", "{page}");
            found.extend(
                page["entry"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|entry| entry["search"]["mode"] != "include")
                    .map(|entry| entry["resource"].clone()),
            );
            let next = page["link"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|link| link["relation"] == "next")
                .and_then(|link| link["url"].as_str());
            match next {
                Some(next) => url = next.to_owned(),
                None => return found,
            }
        }
    }
}
