//! What the sign-in server says of itself (SMART App Launch 2.2 §4.2, OpenID Connect Discovery).

use serde_json::{Value, json};

use crate::state::Request;

pub(crate) fn issuer(request: &Request) -> String {
    format!("{}/auth", request.origin)
}

pub(crate) fn smart_configuration(request: &Request) -> Value {
    let mut document = openid_configuration(request);
    document["capabilities"] = json!([
        "launch-standalone",
        "client-public",
        "context-standalone-patient",
        "permission-patient",
        "permission-user",
        "permission-offline",
        "permission-v1",
        "permission-v2",
        "sso-openid-connect",
    ]);
    document
}

pub(crate) fn openid_configuration(request: &Request) -> Value {
    let issuer = issuer(request);
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [
            "openid", "fhirUser", "launch/patient", "offline_access", "patient/*.cruds",
            "patient/*.read", "patient/*.write", "user/*.rs",
        ],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser", "nhs_number",
            "vot", "vtm", "identity_proofing_level", "given_name", "family_name", "birthdate",
        ],
    })
}
