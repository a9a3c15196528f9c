//! Sign-in: codes, tokens, id tokens, and everything that must be refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use super::client::{
    Client, REDIRECT, VERIFIER, authorize_url, code, exchange, mock, query, send, token,
};
use crate::{Fault, Rule, RunningMock};

async fn keys(mock: &RunningMock) -> Value {
    send(mock, "GET", "/auth/jwks", &[], "")
        .await
        .unwrap()
        .json()
}

/// The claims of an id token, if its signature verifies by the published key.
fn verified(id_token: &Value, keys: &Value) -> Option<Value> {
    let (signed, signature) = id_token.as_str()?.rsplit_once('.')?;
    let part = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(keys["keys"][0][name].as_str().unwrap())
            .unwrap()
    };
    let key = RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()?;
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
    serde_json::from_slice(&claims).ok()
}

#[tokio::test]
async fn discovery_says_what_a_public_client_needs() {
    let mock = mock().await;
    let path = "/fhir/.well-known/smart-configuration";
    let smart = send(&mock, "GET", path, &[], "").await.unwrap().json();
    let issuer = smart["issuer"].as_str().unwrap();
    let path = format!("{issuer}/.well-known/openid-configuration");
    let path = path
        .strip_prefix(mock.origin().as_str().trim_end_matches('/'))
        .unwrap()
        .to_owned();
    let openid = send(&mock, "GET", &path, &[], "").await.unwrap().json();
    assert_eq!(openid["issuer"], smart["issuer"]);
    assert_eq!(smart["code_challenge_methods_supported"][0], "S256");
    for capability in [
        "launch-standalone",
        "client-public",
        "context-standalone-patient",
        "permission-patient",
    ] {
        let listed = smart["capabilities"].as_array().unwrap();
        assert!(listed.iter().any(|have| have == capability), "{capability}");
    }
}

#[tokio::test]
async fn the_page_offers_every_persona_and_says_that_it_is_a_test() {
    let mock = mock().await;
    let url = authorize_url(&mock, &[("state", "\"><script>")]);
    let target = format!("/auth/authorize?{}", url.query().unwrap());
    let answer = send(&mock, "GET", &target, &[], "").await.unwrap();
    let page = String::from_utf8(answer.bytes).unwrap();
    for persona in mock.personas() {
        assert!(
            page.contains(&format!("value=\"{}\"", persona.key)),
            "{}",
            persona.key
        );
    }
    assert!(page.contains("This is a test server"));
    assert!(
        !page.contains("<script>"),
        "what came with the request is escaped"
    );
}

#[tokio::test]
async fn an_id_token_verifies_by_the_published_key_and_has_the_claims() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let claims = verified(&client.grant["id_token"], &keys(&mock).await).expect("it verifies");
    assert_eq!(claims["nonce"], "the-nonce");
    assert_eq!(claims["aud"], "hale");
    assert_eq!(claims["identity_proofing_level"], "P9");
    assert_eq!(claims["vot"], "P9.Cp.Cd");
    assert_eq!(claims["nhs_number"].as_str().unwrap().len(), 10);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600,
        "an id token lives an hour"
    );
    assert_eq!(
        client.grant["expires_in"], 300,
        "an access token lives five minutes"
    );
}

#[tokio::test]
async fn every_bad_id_token_is_bad_in_the_way_asked_for() {
    let mock = mock().await;
    let keys = keys(&mock).await;
    let good = Client::of(&mock, "full").await;
    let good = verified(&good.grant["id_token"], &keys).unwrap();
    for (fault, claim) in [
        (Fault::WrongNonce, "nonce"),
        (Fault::WrongIssuer, "iss"),
        (Fault::WrongAudience, "aud"),
    ] {
        mock.faults().set(Rule::once(fault));
        let bad = Client::of(&mock, "full").await;
        let bad = verified(&bad.grant["id_token"], &keys).unwrap();
        assert_ne!(bad[claim], good[claim], "{claim}");
    }
    mock.faults().set(Rule::once(Fault::ExpiredIdToken));
    let bad = Client::of(&mock, "full").await;
    let bad = verified(&bad.grant["id_token"], &keys).unwrap();
    assert!(bad["exp"].as_i64().unwrap() < mock.clock().now().timestamp());
    mock.faults().set(Rule::once(Fault::BadSignature));
    let bad = Client::of(&mock, "full").await;
    assert_eq!(verified(&bad.grant["id_token"], &keys), None);
    assert!(mock.faults().rules().is_empty(), "each struck once");
}

#[tokio::test]
async fn a_code_needs_its_verifier_and_its_redirect() {
    let mock = mock().await;
    for (verifier, redirect) in [
        ("another-verifier", REDIRECT),
        (VERIFIER, "http://127.0.0.1:1/callback"),
    ] {
        let code = code(&mock, "full").await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("client_id", "hale"),
            ("code_verifier", verifier),
        ];
        let answer = token(&mock, &form).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &"invalid_grant".into())
        );
    }
}

#[tokio::test]
async fn a_code_used_twice_ends_what_the_first_use_got() {
    let mock = mock().await;
    let code = code(&mock, "full").await;
    let first = exchange(&mock, &code).await;
    assert_eq!(first.status, 200);
    let client = Client {
        mock: &mock,
        grant: first.json(),
    };
    assert_eq!(client.get("Patient/{}").await.status, 200);
    assert_eq!(exchange(&mock, &code).await.status, 400);
    assert_eq!(
        client.get("Patient/{}").await.status,
        401,
        "somebody copied the code"
    );
}

#[tokio::test]
async fn a_code_is_worth_nothing_after_ten_minutes() {
    let mock = mock().await;
    let code = code(&mock, "full").await;
    mock.clock().advance(TimeDelta::seconds(601));
    assert_eq!(exchange(&mock, &code).await.status, 400);
}

async fn refresh(mock: &RunningMock, grant: &Value) -> super::client::Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", grant["refresh_token"].as_str().unwrap()),
        ("client_id", "hale"),
    ];
    token(mock, &form).await
}

#[tokio::test]
async fn a_refresh_token_rotates_and_its_second_use_ends_the_family() {
    let mock = mock().await;
    let first = Client::of(&mock, "full").await;
    mock.clock().advance(TimeDelta::seconds(301));
    assert_eq!(
        first.get("Patient/{}").await.status,
        401,
        "the access token is over"
    );
    let second = refresh(&mock, &first.grant).await;
    assert_eq!(second.status, 200);
    let second = Client {
        mock: &mock,
        grant: second.json(),
    };
    assert_ne!(second.grant["refresh_token"], first.grant["refresh_token"]);
    assert_eq!(second.get("Patient/{}").await.status, 200);
    assert_eq!(
        refresh(&mock, &first.grant).await.status,
        400,
        "used before"
    );
    assert_eq!(
        second.get("Patient/{}").await.status,
        401,
        "the whole family ended"
    );
    assert_eq!(refresh(&mock, &second.grant).await.status, 400);
}

#[tokio::test]
async fn a_refresh_token_lives_thirty_days() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    mock.clock().advance(TimeDelta::days(29));
    let renewed = refresh(&mock, &client.grant).await;
    assert_eq!(renewed.status, 200);
    mock.clock().advance(TimeDelta::days(31));
    assert_eq!(refresh(&mock, &renewed.json()).await.status, 400);
}

#[tokio::test]
async fn revoking_ends_the_sign_in() {
    let mock = mock().await;
    let client = Client::of(&mock, "full").await;
    let body = format!("token={}", client.grant["refresh_token"].as_str().unwrap());
    assert_eq!(
        send(&mock, "POST", "/auth/revoke", &[], body)
            .await
            .unwrap()
            .status,
        200
    );
    assert_eq!(client.get("Patient/{}").await.status, 401);
    let unknown = send(&mock, "POST", "/auth/revoke", &[], "token=unknown")
        .await
        .unwrap();
    assert_eq!(unknown.status, 200, "an unknown token is no error");
}

#[tokio::test]
async fn only_registered_addresses_are_returned_to() {
    let mock = mock().await;
    for (redirect, is_taken) in [
        ("http://127.0.0.1:1/callback", true),
        ("http://127.0.0.1:65535/callback", true),
        ("http://[::1]:9/callback", true),
        ("uk.hale.app:/callback", true),
        ("http://localhost:9/callback", false),
        ("http://127.0.0.1:9/other", false),
        ("https://evil.example/callback", false),
        ("http://127.0.0.1.evil.example:9/callback", false),
        ("uk.hale.app:/callback?x=1", false),
    ] {
        let url = authorize_url(&mock, &[("redirect_uri", redirect)]);
        let outcome = mock.authorize_as(url.as_str(), "full").await;
        assert_eq!(outcome.is_ok(), is_taken, "{redirect}");
    }
}

#[tokio::test]
async fn a_request_without_pkce_state_or_audience_comes_back_as_an_error() {
    let mock = mock().await;
    for change in [
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("state", ""),
        ("aud", "https://other.example/fhir"),
        ("response_type", "token"),
        ("scope", "nothing-known"),
    ] {
        let url = authorize_url(&mock, &[change]);
        let redirect = mock.authorize_as(url.as_str(), "full").await.unwrap();
        assert!(query(&redirect, "error").is_some(), "{change:?}");
        assert_eq!(query(&redirect, "code"), None, "{change:?}");
    }
}

#[tokio::test]
async fn the_state_comes_back_unless_it_is_to_be_wrong() {
    let mock = mock().await;
    let url = authorize_url(&mock, &[]);
    let right = mock.authorize_as(url.as_str(), "full").await.unwrap();
    assert_eq!(query(&right, "state").as_deref(), Some("the-state"));
    mock.faults().set(Rule::once(Fault::WrongState));
    let wrong = mock.authorize_as(url.as_str(), "full").await.unwrap();
    assert_ne!(query(&wrong, "state").as_deref(), Some("the-state"));
    mock.faults().set(Rule::once(Fault::SignInRefused));
    let refused = mock.authorize_as(url.as_str(), "full").await.unwrap();
    assert_eq!(query(&refused, "error").as_deref(), Some("access_denied"));
    mock.faults().set(Rule::once(Fault::CodeReplayed));
    assert_eq!(
        exchange(&mock, &code(&mock, "full").await).await.status,
        400
    );
}

#[tokio::test]
async fn a_parent_opens_the_record_of_her_child() {
    let mock = mock().await;
    let parent = Client::of(&mock, "parent").await;
    let persona = mock
        .personas()
        .iter()
        .find(|persona| persona.key == "parent")
        .unwrap();
    let child = persona.acts_for.first().unwrap();
    let acting = Client::of(&mock, &format!("parent:{child}")).await;
    assert_eq!(acting.patient(), child);
    assert_ne!(parent.patient(), child);
    assert_eq!(acting.get("Patient/{}").await.status, 200);
    assert_eq!(acting.get("Condition?patient={}").await.status, 200);
    let url = authorize_url(&mock, &[]);
    let stranger = mock
        .authorize_as(url.as_str(), &format!("full:{child}"))
        .await;
    assert!(stranger.is_err(), "only whom she acts for");
}
