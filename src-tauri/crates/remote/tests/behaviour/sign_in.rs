//! Signing in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hale_core::ports::{Backends, BrowserError, OpenBrowser, SignInError};
use hale_remote::HttpOptions;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::support::smart::{CODE, Draft, NEW_ACCESS, Smart, good, visit};
use crate::support::{REFRESH, all_text, backends, info, now, options, request_ids};

/// Signs in at a server that changes its grant or id token, and gives the failed check.
async fn failed_check(alter: impl Fn(&mut Value, &mut Draft) + Send + Sync + 'static) -> String {
    let smart = Smart::start(alter).await;
    let (outcome, _) = smart.sign_in(good).await;
    let error = outcome.unwrap_err();
    let text = all_text(&error);
    for secret in [CODE, NEW_ACCESS, REFRESH] {
        assert!(!text.contains(secret), "an error holds no secret");
    }
    match error {
        SignInError::NotTrusted { check } => check.to_owned(),
        other => panic!("{other:?}"),
    }
}

/// Signs in with a browser that comes back in its own way.
async fn returned(
    back: impl Fn(&HashMap<String, String>) -> String + Send + Sync + 'static,
) -> (SignInError, Smart, String) {
    let smart = Smart::start(|_, _| {}).await;
    let (outcome, browser) = smart.sign_in(back).await;
    let page = browser.page.lock().await.clone();
    (outcome.unwrap_err(), smart, page)
}

#[tokio::test]
async fn a_good_sign_in_gives_tokens_and_claims() {
    let smart = Smart::start(|_, _| {}).await;
    let (outcome, browser) = smart.sign_in(good).await;
    let signed_in = outcome.unwrap();
    assert_eq!(signed_in.tokens.access_token, NEW_ACCESS);
    assert_eq!(signed_in.tokens.refresh_token.as_deref(), Some(REFRESH));
    assert_eq!(signed_in.tokens.patient_id, "p1");
    assert_eq!(
        signed_in.tokens.expires_at,
        Some(now() + chrono::TimeDelta::seconds(300))
    );
    assert_eq!(signed_in.claims.nhs_number.as_deref(), Some("9990000018"));
    assert_eq!(
        signed_in.claims.identity_proofing_level.as_deref(),
        Some("P9")
    );
    assert_eq!(signed_in.claims.name.as_deref(), Some("Ada Example"));
    assert_eq!(signed_in.claims.birthdate.as_deref(), Some("1980-02-29"));
    assert!(
        !format!("{signed_in:?}").contains("canary"),
        "no token is printed"
    );

    let asked = smart.asked.lock().unwrap().clone();
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["aud"], format!("{}/fhir", smart.server.uri()));
    assert!(asked["state"].len() >= 22, "at least 128 bits in base64");
    assert!(asked["nonce"].len() >= 22);
    assert_ne!(asked["state"], asked["nonce"]);
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    assert!(asked["redirect_uri"].starts_with("http://127.0.0.1:"));

    let page = browser.page.lock().await.clone();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("You can close this page and go back to Hale"));
    assert!(page.contains("default-src 'none'") && page.contains("no-store"));
    assert!(page.contains("<html lang=\"en\">") && !page.contains("<script"));
    assert!(!page.contains(CODE), "nothing of the request is repeated");
}

#[tokio::test]
async fn the_requests_of_a_sign_in_are_named() {
    let smart = Smart::start(|_, _| {}).await;
    let (outcome, _) = smart.sign_in(good).await;
    outcome.unwrap();
    let ids = request_ids(&smart.server).await;
    assert_eq!(ids.len(), 2, "one for the code, one for the keys");
}

#[tokio::test]
async fn the_way_back_closes_after_one_callback() {
    let smart = Smart::start(|_, _| {}).await;
    let (outcome, _) = smart.sign_in(good).await;
    outcome.unwrap();
    let asked = smart.asked.lock().unwrap().clone();
    let redirect = asked["redirect_uri"].clone();
    let authority = redirect
        .trim_start_matches("http://")
        .trim_end_matches("/callback");
    let again = visit(
        authority,
        authority,
        "GET",
        &format!("/callback?{}", good(&asked)),
    )
    .await;
    assert_eq!(again, "", "a replayed callback finds nobody");
}

#[tokio::test]
async fn a_wrong_state_is_refused_and_no_code_is_used() {
    for query in [
        format!("code={CODE}&state=wrong"),
        format!("code={CODE}"),
        format!("code={CODE}&state="),
    ] {
        let (error, smart, page) = returned(move |_| query.clone()).await;
        assert!(
            matches!(error, SignInError::NotTrusted { check: "state" }),
            "{error:?}"
        );
        assert!(page.starts_with("HTTP/1.1 400") && page.contains("not started by Hale"));
        assert!(smart.server.received_requests().await.unwrap().is_empty());
    }
    let twice = |asked: &HashMap<String, String>| format!("{}&state=x", good(asked));
    let (error, ..) = returned(twice).await;
    assert!(matches!(error, SignInError::NotTrusted { check: "state" }));
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_issuer_is_refused() {
    let other = |asked: &HashMap<String, String>| {
        format!("{}&iss=https%3A%2F%2Fevil.example.org", good(asked))
    };
    let (error, smart, _) = returned(other).await;
    assert!(matches!(error, SignInError::NotTrusted { check: "issuer" }));
    assert!(smart.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_issuer_in_the_answer_may_be_the_right_one() {
    let smart = Smart::start(|_, _| {}).await;
    let issuer = smart.server.uri();
    let (outcome, _) = smart
        .sign_in(move |asked| format!("{}&iss={issuer}", good(asked)))
        .await;
    outcome.unwrap();
}

#[tokio::test]
async fn a_refusal_on_the_page_is_told_apart_from_going_back() {
    let answer = |error: &'static str| {
        returned(move |asked| format!("error={error}&state={}", asked["state"]))
    };
    let (error, _, page) = answer("access_denied").await;
    assert!(matches!(error, SignInError::Cancelled));
    assert!(page.starts_with("HTTP/1.1 200"));
    let (error, ..) = answer("invalid_scope").await;
    assert!(matches!(&error, SignInError::Refused { code } if code == "invalid_scope"));
    let (error, ..) = answer("%3Cimg%20src%3Dx%3E9990000018").await;
    assert!(
        matches!(&error, SignInError::Refused { code } if code == "imgsrcx"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_code_beside_an_error_or_another_code_is_refused() {
    for extra in ["&error=access_denied", "&code=another"] {
        let (error, ..) = returned(move |asked| format!("{}{extra}", good(asked))).await;
        assert!(matches!(
            error,
            SignInError::NotTrusted { check: "callback" }
        ));
    }
}

#[tokio::test]
async fn a_code_that_the_server_does_not_take_is_refused() {
    let (error, ..) = returned(|asked| format!("code=used-before&state={}", asked["state"])).await;
    assert!(
        matches!(error, SignInError::NotTrusted { check: "code" }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_id_token_for_another_sign_in_is_refused() {
    let wrong = failed_check(|_, draft| draft.claims["nonce"] = json!("another")).await;
    assert_eq!(wrong, "nonce");
    let absent = failed_check(|_, draft| {
        draft.claims.as_object_mut().unwrap().remove("nonce");
    });
    assert_eq!(absent.await, "nonce");
}

#[tokio::test]
async fn an_id_token_of_another_issuer_is_refused() {
    let issuer = "https://evil.example.org";
    assert_eq!(
        failed_check(move |_, draft| draft.claims["iss"] = json!(issuer)).await,
        "issuer"
    );
}

#[tokio::test]
async fn an_id_token_for_another_app_is_refused() {
    let other = failed_check(|_, draft| draft.claims["aud"] = json!("another-app"));
    assert_eq!(other.await, "audience");
    let both = failed_check(|_, draft| draft.claims["aud"] = json!(["hale", "another-app"]));
    assert_eq!(both.await, "audience");
}

#[tokio::test]
async fn an_expired_id_token_is_refused() {
    let expired = failed_check(|_, draft| {
        draft.claims["exp"] = json!(chrono::Utc::now().timestamp() - 5);
    });
    assert_eq!(expired.await, "expiry");
}

#[tokio::test]
async fn an_id_token_signed_by_somebody_else_is_refused() {
    assert_eq!(
        failed_check(|_, draft| draft.is_forged = true).await,
        "signature"
    );
    let unknown = failed_check(|_, draft| draft.header["kid"] = json!("k2"));
    assert_eq!(unknown.await, "signature");
}

#[tokio::test]
async fn an_id_token_without_a_public_key_signature_is_refused() {
    for algorithm in ["none", "HS256"] {
        let check = failed_check(move |_, draft| {
            draft.header["alg"] = json!(algorithm);
            draft.is_unsigned = algorithm == "none";
        });
        assert_eq!(check.await, "signature", "{algorithm}");
    }
}

#[tokio::test]
async fn an_id_token_that_is_none_is_refused() {
    let nonsense = failed_check(|grant, _| grant["id_token"] = json!("not.a.token"));
    assert_eq!(nonsense.await, "id token");
    let absent = failed_check(|grant, _| {
        grant["id_token"] = Value::Null;
    });
    assert_eq!(absent.await, "id token", "it was granted, so it must come");
}

#[tokio::test]
async fn an_access_token_that_the_id_token_does_not_cover_is_refused() {
    let swapped =
        failed_check(|_, draft| draft.claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA"));
    assert_eq!(swapped.await, "access token");
}

#[tokio::test]
async fn a_token_of_another_kind_is_refused() {
    let check = failed_check(|grant, _| grant["token_type"] = json!("mac"));
    assert_eq!(check.await, "token type");
}

#[tokio::test]
async fn an_answer_without_a_patient_is_its_own_error() {
    let smart = Smart::start(|grant, _| grant["patient"] = Value::Null).await;
    let (outcome, _) = smart.sign_in(good).await;
    assert!(matches!(outcome, Err(SignInError::NoPatient)));
    let odd = failed_check(|grant, _| grant["patient"] = json!("../Patient?x=1"));
    assert_eq!(odd.await, "patient", "only a FHIR id goes into addresses");
}

#[tokio::test]
async fn a_failing_token_endpoint_is_a_fault_of_the_server() {
    let smart = Smart::start(|grant, _| *grant = json!({"status": 503, "id_token": "x"})).await;
    let (outcome, _) = smart.sign_in(good).await;
    assert!(matches!(outcome, Err(SignInError::ServerFault(503))));
}

#[tokio::test]
async fn lenient_answers_are_understood() {
    let smart = Smart::start(|grant, draft| {
        grant["token_type"] = json!("bearer");
        grant["expires_in"] = json!("300");
        grant["scope"] = Value::Null;
        grant["refresh_token"] = Value::Null;
        draft.claims["nhs_number"] = json!(9_990_000_018_u64);
    })
    .await;
    let (outcome, _) = smart.sign_in(good).await;
    let signed_in = outcome.unwrap();
    assert!(signed_in.tokens.expires_at.is_some());
    assert!(
        signed_in.tokens.scope.contains("launch/patient"),
        "none named means: as asked"
    );
    assert_eq!(signed_in.claims.nhs_number.as_deref(), Some("9990000018"));
}

/// A browser that opens the page and lets the test do the rest.
struct Idle(tokio::sync::mpsc::UnboundedSender<HashMap<String, String>>);

impl OpenBrowser for Idle {
    fn open(&self, url: &str) -> Result<(), BrowserError> {
        let url = url::Url::parse(url).unwrap();
        self.0
            .send(url.query_pairs().into_owned().collect())
            .unwrap();
        Ok(())
    }
}

/// A browser that is not there.
struct Missing;

impl OpenBrowser for Missing {
    fn open(&self, _url: &str) -> Result<(), BrowserError> {
        Err(BrowserError(None))
    }
}

#[tokio::test]
async fn without_a_browser_the_sign_in_says_so() {
    let server = MockServer::start().await;
    let outcome = backends(options())
        .sign_in(info(&server.uri()), Arc::new(Missing))
        .await;
    assert!(matches!(outcome, Err(SignInError::Browser(_))));
}

#[tokio::test]
async fn nobody_answering_ends_as_cancelled() {
    let server = MockServer::start().await;
    let (sender, _opened) = tokio::sync::mpsc::unbounded_channel();
    let options = HttpOptions {
        sign_in_limit: Duration::from_millis(20),
        ..options()
    };
    let outcome = backends(options)
        .sign_in(info(&server.uri()), Arc::new(Idle(sender)))
        .await;
    assert!(matches!(outcome, Err(SignInError::Cancelled)));
}

#[tokio::test]
async fn only_the_callback_on_this_address_is_answered() {
    let smart = Smart::start(|_, _| {}).await;
    let (sender, mut opened) = tokio::sync::mpsc::unbounded_channel();
    let backends = backends(options());
    let info = info(&smart.server.uri());
    let signing_in =
        tokio::spawn(async move { backends.sign_in(info, Arc::new(Idle(sender))).await });
    let asked = opened.recv().await.unwrap();
    *smart.asked.lock().unwrap() = asked.clone();
    let redirect = asked["redirect_uri"].clone();
    let here = redirect
        .trim_start_matches("http://")
        .trim_end_matches("/callback");
    let callback = format!("/callback?{}", good(&asked));

    // A spare connection, as browsers open them, must not be in the way.
    let _spare = tokio::net::TcpStream::connect(here).await.unwrap();
    for (host, method, target, status) in [
        (here, "GET", "/favicon.ico", "404"),
        (here, "GET", "/", "404"),
        (here, "POST", callback.as_str(), "405"),
        (here, "GET", "/callback", "400"),
        ("evil.example.org", "GET", callback.as_str(), "421"),
        ("localhost", "GET", callback.as_str(), "421"),
    ] {
        let answer = visit(here, host, method, target).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{target}: {answer}"
        );
    }
    let long = format!("/callback?x={}", "a".repeat(20_000));
    assert!(
        visit(here, here, "GET", &long)
            .await
            .starts_with("HTTP/1.1 431")
    );
    assert!(!signing_in.is_finished(), "none of these was the answer");

    assert!(
        visit(here, here, "GET", &callback)
            .await
            .starts_with("HTTP/1.1 200")
    );
    signing_in.await.unwrap().unwrap();
}

#[tokio::test]
async fn cancelling_closes_the_way_back() {
    let server = MockServer::start().await;
    let (sender, mut opened) = tokio::sync::mpsc::unbounded_channel();
    let backends = backends(options());
    let info = info(&server.uri());
    let signing_in = tokio::spawn(async move {
        backends
            .sign_in(info, Arc::new(Idle(sender)))
            .await
            .map(drop)
    });
    let asked = opened.recv().await.unwrap();
    signing_in.abort();
    assert!(signing_in.await.unwrap_err().is_cancelled());
    let redirect = asked["redirect_uri"].clone();
    let here = redirect
        .trim_start_matches("http://")
        .trim_end_matches("/callback");
    assert!(tokio::net::TcpStream::connect(here).await.is_err());
}
