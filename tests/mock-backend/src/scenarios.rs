//! Named bundles of faults, with the persona that shows them best: what the gallery, the console
//! and testers mean by one word. They own no behaviour beyond the rules.

use serde::Serialize;

use crate::faults::{BadEntry, Fault, RetryAfter, Rule};
use crate::population::RecordAccess;

/// A situation to show.
#[derive(Debug, Clone, Serialize)]
pub struct Scenario {
    /// Stable name for scripts.
    pub key: &'static str,
    /// What it is, for a tester.
    pub title: &'static str,
    /// Key of the persona to sign in as.
    pub persona: &'static str,
    /// The rules to put in force.
    pub rules: Vec<Rule>,
}

fn scenario(
    key: &'static str,
    title: &'static str,
    persona: &'static str,
    rules: Vec<Rule>,
) -> Scenario {
    Scenario {
        key,
        title,
        persona,
        rules,
    }
}

fn status(status: u16) -> Fault {
    Fault::Status {
        status,
        nhs_code: None,
        retry_after: None,
    }
}

fn withheld() -> Fault {
    Fault::Status {
        status: 403,
        nhs_code: Some("NO_PATIENT_CONSENT".into()),
        retry_after: None,
    }
}

/// Every scenario.
#[must_use]
pub fn scenarios() -> Vec<Scenario> {
    let always = Rule::always;
    let once = Rule::once;
    vec![
        scenario("normal", "Nothing goes wrong", "full", vec![]),
        scenario(
            "offline",
            "Every connection is cut off",
            "full",
            vec![always(Fault::LostRequest)],
        ),
        scenario(
            "slow",
            "Every answer takes 3 seconds",
            "full",
            vec![always(Fault::Slow { millis: 3000 })],
        ),
        scenario(
            "partial",
            "One section of the record fails",
            "full",
            vec![always(status(500)).on_path("/Immunization")],
        ),
        scenario(
            "partial-content",
            "A section says that one of its sources failed (207)",
            "full",
            vec![always(Fault::Partial).on_path("/DiagnosticReport")],
        ),
        scenario(
            "everything-503",
            "The service is down for maintenance",
            "full",
            vec![
                always(Fault::Status {
                    status: 503,
                    nhs_code: None,
                    retry_after: Some(RetryAfter::Seconds(120)),
                })
                .on_path("/fhir"),
            ],
        ),
        scenario(
            "throttled",
            "Too many requests",
            "full",
            vec![
                always(Fault::Status {
                    status: 429,
                    nhs_code: None,
                    retry_after: Some(RetryAfter::DateInSeconds(60)),
                })
                .on_path("/fhir"),
            ],
        ),
        scenario(
            "gateway-page",
            "A gateway answers with a web page",
            "full",
            vec![always(Fault::HtmlPage { status: 502 }).on_path("/fhir")],
        ),
        scenario(
            "record-withheld",
            "The practice withholds parts of the record",
            "full",
            vec![
                always(withheld()).on_path("/Condition"),
                always(withheld()).on_path("/Encounter"),
                always(withheld()).on_path("/DocumentReference"),
            ],
        ),
        scenario(
            "access-lowered",
            "The practice has lowered the access to medicines and allergies",
            "full",
            vec![always(Fault::AccessLowered {
                to: RecordAccess::Summary,
            })],
        ),
        scenario(
            "access-revoked",
            "The practice has taken the access to the record away",
            "full",
            vec![always(Fault::AccessLowered {
                to: RecordAccess::None,
            })],
        ),
        scenario(
            "scopes-narrowed",
            "The app may not read conditions any more",
            "full",
            vec![always(Fault::ScopesWithout {
                resource: "Condition".into(),
            })],
        ),
        scenario("empty", "A record with nothing in it", "empty", vec![]),
        scenario("no-record", "Identity not proved: no record", "p5", vec![]),
        scenario(
            "summary-only",
            "Medicines and allergies alone",
            "summary",
            vec![],
        ),
        scenario(
            "booking-off",
            "The practice takes no bookings",
            "booking-off",
            vec![],
        ),
        scenario(
            "booking-refused",
            "The practice has just stopped taking bookings",
            "full",
            vec![always(Fault::BookingOff)],
        ),
        scenario(
            "no-slots",
            "No free times",
            "full",
            vec![always(Fault::NothingFound).on_path("/Slot")],
        ),
        scenario(
            "slot-taken",
            "The next booking comes too late",
            "full",
            vec![once(Fault::SlotTaken)],
        ),
        scenario(
            "lost-reply",
            "The next booking is made, but its answer is lost",
            "full",
            vec![once(Fault::LostReply).on("POST", "/Appointment")],
        ),
        scenario(
            "lost-request",
            "The next booking gets lost on its way",
            "full",
            vec![once(Fault::LostRequest).on("POST", "/Appointment")],
        ),
        scenario(
            "unknown-outcome",
            "The next booking is made, and nothing can be read back",
            "full",
            vec![
                once(Fault::LostReply).on("POST", "/Appointment"),
                always(status(503)).on("GET", "/Appointment"),
            ],
        ),
        scenario(
            "too-late-to-cancel",
            "Cancelling is refused as too late (461)",
            "full",
            vec![always(status(461)).on("PUT", "/Appointment")],
        ),
        scenario(
            "changed-meanwhile",
            "Changes meet a newer version (409)",
            "full",
            vec![always(status(409)).on("PUT", "/Appointment")],
        ),
        scenario(
            "session-ended",
            "The sign-in has run out",
            "full",
            vec![
                always(Fault::ExpiredAccessToken),
                always(Fault::ExpiredRefreshToken),
            ],
        ),
        scenario(
            "bad-entries",
            "Search results with entries that break the rules",
            "full",
            [
                BadEntry::SchemaInvalid,
                BadEntry::WithoutId,
                BadEntry::OtherPatient,
                BadEntry::Outcome,
                BadEntry::NotAResource,
            ]
            .into_iter()
            .map(|entry| always(Fault::BadEntry { entry }))
            .collect(),
        ),
        scenario(
            "wrong-state",
            "The sign-in answers with another state",
            "full",
            vec![once(Fault::WrongState)],
        ),
        scenario(
            "wrong-nonce",
            "The id token has another nonce",
            "full",
            vec![once(Fault::WrongNonce)],
        ),
        scenario(
            "wrong-issuer",
            "The id token has another issuer",
            "full",
            vec![once(Fault::WrongIssuer)],
        ),
        scenario(
            "wrong-audience",
            "The id token is for another app",
            "full",
            vec![once(Fault::WrongAudience)],
        ),
        scenario(
            "expired-id-token",
            "The id token has expired",
            "full",
            vec![once(Fault::ExpiredIdToken)],
        ),
        scenario(
            "bad-signature",
            "The id token is not signed by this server",
            "full",
            vec![once(Fault::BadSignature)],
        ),
        scenario(
            "code-replayed",
            "The code was used before",
            "full",
            vec![once(Fault::CodeReplayed)],
        ),
        scenario(
            "sign-in-refused",
            "Access is refused at the sign-in page",
            "full",
            vec![once(Fault::SignInRefused)],
        ),
        scenario(
            "stu3",
            "The server speaks FHIR STU3",
            "full",
            vec![always(Fault::FhirVersion {
                version: "3.0.1".into(),
            })],
        ),
        scenario(
            "no-metadata",
            "The server has no CapabilityStatement",
            "full",
            vec![always(Fault::NoMetadata)],
        ),
        scenario(
            "no-smart",
            "The server offers no sign-in",
            "full",
            vec![always(Fault::NoSmartConfiguration)],
        ),
    ]
}

/// The scenario of this name.
#[must_use]
pub fn find(key: &str) -> Option<Scenario> {
    scenarios().into_iter().find(|scenario| scenario.key == key)
}
