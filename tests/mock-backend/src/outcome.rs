//! Refusals as NHS services word them: an OperationOutcome with the NHS code beside FHIR's own
//! (backend contract, §0). It owns the words; who refuses decides which.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const SYSTEM: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";

/// The content type of every FHIR body here.
pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: u16,
    issue: &'static str,
    nhs_code: String,
    text: String,
    diagnostics: Option<String>,
}

impl Refusal {
    pub(crate) fn new(
        status: u16,
        issue: &'static str,
        nhs_code: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            status,
            issue,
            nhs_code: nhs_code.into(),
            text: text.into(),
            diagnostics: None,
        }
    }

    pub(crate) fn diagnostics(mut self, text: impl Into<String>) -> Self {
        self.diagnostics = Some(text.into());
        self
    }

    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(400, "invalid", "BAD_REQUEST", text)
    }

    pub(crate) fn invalid_value(text: impl Into<String>) -> Self {
        Self::new(400, "value", "INVALID_VALUE", text)
    }

    pub(crate) fn denied(text: impl Into<String>) -> Self {
        Self::new(403, "forbidden", "ACCESS_DENIED", text)
    }

    pub(crate) fn sign_in(text: impl Into<String>) -> Self {
        Self::new(401, "login", "ACCESS_DENIED", text)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "not-found", "RESOURCE_NOT_FOUND", "Resource not found")
    }

    pub(crate) fn gone() -> Self {
        Self::new(410, "deleted", "RESOURCE_NOT_FOUND", "Resource was deleted")
    }

    pub(crate) fn invalid_resource(text: impl Into<String>) -> Self {
        Self::new(422, "invalid", "INVALID_RESOURCE", text)
    }

    pub(crate) fn reference(text: impl Into<String>) -> Self {
        Self::new(422, "business-rule", "REFERENCE_NOT_FOUND", text)
    }

    /// What an HTTP status is usually said with.
    pub(crate) fn of_status(status: u16) -> Self {
        let (issue, code, text) = match status {
            400 => ("invalid", "BAD_REQUEST", "Bad request"),
            401 => ("login", "ACCESS_DENIED", "Sign in again"),
            403 => ("forbidden", "ACCESS_DENIED", "Access denied"),
            404 => ("not-found", "RESOURCE_NOT_FOUND", "Resource not found"),
            408 | 504 => (
                "timeout",
                "UNABLE_TO_CALL_SERVICE",
                "The service took too long",
            ),
            409 => (
                "conflict",
                "RESOURCE_VERSION_MISMATCH",
                "The resource has changed",
            ),
            410 => ("deleted", "RESOURCE_NOT_FOUND", "Resource was deleted"),
            412 => (
                "conflict",
                "PRECONDITION_FAILED",
                "The resource has changed",
            ),
            422 => (
                "business-rule",
                "INVALID_RESOURCE",
                "The resource is not acceptable",
            ),
            429 => ("throttled", "TOO_MANY_REQUESTS", "Too many requests"),
            461 => (
                "business-rule",
                "BAD_REQUEST",
                "It is too late to cancel this appointment online",
            ),
            503 => (
                "transient",
                "SERVICE_UNAVAILABLE",
                "The service is not available",
            ),
            500.. => ("exception", "INTERNAL_SERVER_ERROR", "Something went wrong"),
            _ => ("processing", "BAD_REQUEST", "The request was refused"),
        };
        Self::new(status, issue, code, text)
    }

    pub(crate) fn with_code(mut self, code: Option<&str>) -> Self {
        if let Some(code) = code {
            code.clone_into(&mut self.nhs_code);
        }
        self
    }

    pub(crate) fn body(&self) -> Value {
        outcome(
            "error",
            self.issue,
            &self.nhs_code,
            &self.text,
            self.diagnostics.as_deref(),
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body().to_string()).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
        if self.status == 401 {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            );
        }
        response
    }
}

/// An OperationOutcome with one issue.
pub(crate) fn outcome(
    severity: &str,
    issue: &str,
    nhs_code: &str,
    text: &str,
    diagnostics: Option<&str>,
) -> Value {
    let mut entry = json!({
        "severity": severity,
        "code": issue,
        "details": {
            "coding": [{ "system": SYSTEM, "version": "1", "code": nhs_code, "display": text }],
            "text": text,
        },
    });
    if let Some(diagnostics) = diagnostics {
        entry["diagnostics"] = json!(diagnostics);
    }
    json!({ "resourceType": "OperationOutcome", "issue": [entry] })
}
