//! Checking an id token (OpenID Connect Core 1.0 §3.1.3.7) and reading the claims that Hale shows.
//! Accepts public-key signatures only: anybody could sign with a shared secret or none.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use hale_core::ports::{IdentityClaims, SignInError};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, ClaimsVerificationError, ClientId, IdToken,
    IdTokenClaims, IdTokenVerifier, IssuerUrl, LocalizedClaim, Nonce,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// NHS login's own claims. Any type is taken, so that one odd claim does not stop a sign-in.
#[derive(Debug, Serialize, Deserialize)]
struct NhsClaims {
    #[serde(default)]
    nhs_number: Value,
    #[serde(default)]
    identity_proofing_level: Value,
}

impl AdditionalClaims for NhsClaims {}

type HaleIdToken =
    IdToken<NhsClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// What an id token is held against.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) keys: CoreJsonWebKeySet,
    pub(crate) nonce: &'a Nonce,
    pub(crate) access_token: &'a str,
    /// The moment that the expiry is compared with.
    pub(crate) now: DateTime<Utc>,
}

/// Checks a token and reads its claims.
pub(crate) fn check(raw: &str, expected: &Expected<'_>) -> Result<IdentityClaims, SignInError> {
    let token = HaleIdToken::from_str(raw).map_err(|_| untrusted("id token"))?;
    let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| untrusted("issuer"))?;
    let now = expected.now;
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(expected.client_id.to_owned()),
        issuer,
        expected.keys.clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now);
    let claims = token
        .claims(&verifier, expected.nonce)
        .map_err(|error| failed_check(&error))?;
    if let Some(hash) = claims.access_token_hash() {
        let access_token = AccessToken::new(expected.access_token.to_owned());
        let own = token
            .signing_alg()
            .ok()
            .zip(token.signing_key(&verifier).ok())
            .and_then(|(alg, key)| AccessTokenHash::from_token(&access_token, alg, key).ok());
        if own.as_ref() != Some(hash) {
            return Err(untrusted("access token"));
        }
    }
    Ok(read(claims))
}

fn failed_check(error: &ClaimsVerificationError) -> SignInError {
    untrusted(match error {
        ClaimsVerificationError::Expired(_) => "expiry",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "id token",
    })
}

fn untrusted(check: &'static str) -> SignInError {
    SignInError::NotTrusted { check }
}

fn read(claims: &IdTokenClaims<NhsClaims, CoreGenderClaim>) -> IdentityClaims {
    let given = plain(claims.given_name()).map(|name| name.as_str());
    let family = plain(claims.family_name()).map(|name| name.as_str());
    let parts: Vec<&str> = [given, family].into_iter().flatten().collect();
    let name = if parts.is_empty() {
        plain(claims.name()).map(|name| name.to_string())
    } else {
        Some(parts.join(" "))
    };
    let own = claims.additional_claims();
    IdentityClaims {
        nhs_number: text(&own.nhs_number),
        identity_proofing_level: text(&own.identity_proofing_level),
        name,
        birthdate: claims.birthdate().map(|date| date.to_string()),
    }
}

fn plain<T>(claim: Option<&LocalizedClaim<T>>) -> Option<&T> {
    claim.and_then(|claim| claim.get(None))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens signed once by an RSA key that was thrown away; good for an hour from 8am on 5 January
    /// 2026.
    const SIGNED: &str = include_str!("../tests/fixtures/rsa_id_tokens.json");

    fn check_at(token: &str, now: &str) -> Result<IdentityClaims, SignInError> {
        let fixture: Value = serde_json::from_str(SIGNED).unwrap();
        let expected = Expected {
            client_id: "hale",
            issuer: "https://id.example.org",
            keys: serde_json::from_value(fixture["keys"].clone()).unwrap(),
            nonce: &Nonce::new("n1".to_owned()),
            access_token: "any",
            now: now.parse().unwrap(),
        };
        check(fixture[token].as_str().unwrap(), &expected)
    }

    #[test]
    fn rsa_signatures_are_accepted() {
        for algorithm in ["RS256", "RS512"] {
            let claims = check_at(algorithm, "2026-01-05T08:30:00Z").unwrap();
            assert_eq!(claims.name.as_deref(), Some("Ada Example"), "{algorithm}");
            assert_eq!(claims.nhs_number.as_deref(), Some("9990000018"));
        }
    }

    #[test]
    fn the_given_moment_decides_about_the_expiry() {
        let late = check_at("RS256", "2026-01-05T09:00:01Z").unwrap_err();
        assert!(
            matches!(late, SignInError::NotTrusted { check: "expiry" }),
            "{late:?}"
        );
    }
}
