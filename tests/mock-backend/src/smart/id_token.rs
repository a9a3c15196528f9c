//! Signing id tokens (RS256) and publishing the key (RFC 7517).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use crate::server::StartError;

/// For tests only: everybody can read this key in the repository. It is embedded because making a
/// 2048-bit key takes longer than the whole start may take.
const TEST_ONLY_KEY: &[u8] = include_bytes!("test-only-signing-key.der");

const KEY_ID: &str = "hale-mock-test-only";

#[derive(Clone)]
pub(super) struct SigningKey(Arc<KeyPair>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("SigningKey(test only)")
    }
}

impl SigningKey {
    pub(super) fn load() -> Result<Self, StartError> {
        KeyPair::from_pkcs8(TEST_ONLY_KEY)
            .map(|key| Self(Arc::new(key)))
            .map_err(|_| StartError::SigningKey)
    }

    pub(super) fn jwks(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.0.public());
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": URL_SAFE_NO_PAD.encode(public.n),
            "e": URL_SAFE_NO_PAD.encode(public.e),
        }]})
    }

    /// A compact JWS of the claims; none if the system has no randomness.
    pub(super) fn sign(&self, claims: &Value, spoil_signature: bool) -> Option<String> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID });
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .ok()?;
        if spoil_signature && let Some(first) = signature.first_mut() {
            *first ^= 1;
        }
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}
