//! What to do with a request after an attempt. Pure: time and chance are passed in.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::error::server_words;
use crate::ports::{
    ParkedBecause, RemoteError, RequestForm, RequestKind, RequestState, StoredRequest, Written,
};
use crate::sync::says_for_good;

/// The first wait after an attempt that failed.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);
/// The longest wait that Hale chooses itself.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// The longest wait that a server may ask for.
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(1);
/// How long what may have arrived is left alone: a server's index may lag behind.
pub(crate) const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(2);

/// How long it is looked for what became of a request before the patient is told that it cannot be
/// found out.
const LOOKED_FOR: TimeDelta = TimeDelta::days(1);

/// What comes after a look that did not say what became of a request: another one, later and later,
/// until the patient is told.
pub(crate) fn after_unclear_look(
    request: &StoredRequest,
    look: Option<&RemoteError>,
    now: DateTime<Utc>,
) -> Step {
    // A gateway's refusal is no word on the request, and neither is that the sign-in has lapsed or
    // that Hale asks too often.
    let is_last_word = matches!(look, Some(RemoteError::Status { status, body, .. })
        if matches!(status, 400..=499)
            && !matches!(status, 401 | 408 | 429)
            && says_for_good(body));
    let looked_for = now - request.in_doubt_since.unwrap_or(request.confirmed_at);
    let is_over = request.expires_at.is_some_and(|then| then <= now);
    if is_last_word || is_over || looked_for > LOOKED_FOR {
        return Step::Park(ParkedBecause::NotFoundOut);
    }
    let asked = match look {
        Some(RemoteError::Status { retry_after, .. }) => asked(*retry_after),
        _ => None,
    };
    let wait = (looked_for / 2)
        .min(LONGEST_WAIT)
        .max(SETTLED_AFTER)
        .max(asked.unwrap_or_default());
    Step::Later {
        not_before: now + wait,
        may_have_arrived: true,
    }
}

/// How long a server asks to be left alone, as far as Hale follows it.
fn asked(retry_after: Option<Duration>) -> Option<TimeDelta> {
    let asked = TimeDelta::from_std(retry_after?).ok()?;
    Some(asked.min(LONGEST_ASKED))
}

/// What comes next for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The server acknowledged it.
    Done,
    /// Try again later.
    Later {
        /// No earlier than this.
        not_before: DateTime<Utc>,
        /// Whether this attempt may have arrived.
        may_have_arrived: bool,
    },
    /// It was not tried: nobody can be reached, or the sign-in has lapsed.
    NotNow,
    /// Read what the server holds. If that is not what was asked for, it is parked for this
    /// reason.
    Compare(ParkedBecause),
    /// The patient must decide.
    Park(ParkedBecause),
}

/// What comes after an attempt. `attempts` counts it; `chance` is anything from 0 to 255.
pub(crate) fn after_attempt(
    request: &StoredRequest,
    answer: &Result<Written, RemoteError>,
    now: DateTime<Utc>,
    chance: u8,
) -> Step {
    let later = |may_have_arrived: bool, asked: Option<TimeDelta>| {
        let least = if may_have_arrived {
            SETTLED_AFTER
        } else {
            TimeDelta::zero()
        };
        let wait = wait(request.attempts, chance)
            .max(asked.unwrap_or_default())
            .max(least);
        Step::Later {
            not_before: now + wait,
            may_have_arrived,
        }
    };
    match answer {
        Ok(written) if is_acknowledged(request, written) => Step::Done,
        // Something else came back: what the server holds counts.
        Ok(_) => later(true, None),
        Err(RemoteError::NotConnected(_) | RemoteError::SignInNeeded) => Step::NotNow,
        Err(
            RemoteError::NoAnswer { .. }
            | RemoteError::UnreadableAnswer(_)
            | RemoteError::Unsafe(_),
        ) => later(true, None),
        Err(RemoteError::Status {
            status,
            body,
            retry_after,
        }) => {
            let asked = asked(*retry_after);
            match status {
                // Not carried out, and no word on the request itself: it goes when the patient has
                // signed in again.
                401 | 429 => later(false, asked),
                408 | 500.. => later(true, asked),
                400 | 409 if is_duplicate(body) && request.kind == RequestKind::RepeatRequest => {
                    Step::Compare(ParkedBecause::AlreadyAsked)
                }
                409 | 412 => Step::Compare(match request.form {
                    RequestForm::Change { .. } => ParkedBecause::Changed,
                    RequestForm::Create { .. } => refused(*status, body),
                }),
                400 if is_duplicate(body) => Step::Compare(refused(*status, body)),
                // What cannot be cancelled any more may have been cancelled already, perhaps by
                // an attempt of ours.
                461 => Step::Compare(ParkedBecause::TooLate),
                400 | 422 if is_wrong_state(body) => Step::Compare(ParkedBecause::TooLate),
                400..=499 => Step::Park(refused(*status, body)),
                _ => later(true, None),
            }
        }
    }
}

fn refused(status: u16, body: &[u8]) -> ParkedBecause {
    ParkedBecause::Refused {
        status,
        server_says: server_words(body),
    }
}

fn is_wrong_state(body: &[u8]) -> bool {
    says(body, &["INVALID_REQUEST_STATE", "INVALID_STATE_TRANSITION"])
}

/// One draft of the prescriptions API answers 400 to what is there already, another 409.
fn is_duplicate(body: &[u8]) -> bool {
    says(body, &["DUPLICATE_REJECTED"])
}

fn says(body: &[u8], codes: &[&str]) -> bool {
    hale_fhir::read_outcome(body).is_some_and(|outcome| {
        outcome.issues.iter().any(|issue| {
            let code = issue.nhs_code.as_deref();
            code.is_some_and(|code| codes.contains(&code))
        })
    })
}

/// Twice as long after each attempt, between half of it and all of it.
fn wait(attempts: u32, chance: u8) -> TimeDelta {
    let doubled = FIRST_WAIT.num_milliseconds() << attempts.saturating_sub(1).min(16);
    let whole = doubled.min(LONGEST_WAIT.num_milliseconds());
    TimeDelta::milliseconds(whole / 2 + whole / 2 * i64::from(chance) / 255)
}

/// Whether an answer shows that the server holds what was asked for.
fn is_acknowledged(request: &StoredRequest, written: &Written) -> bool {
    if !matches!(written.status, 200..=299) {
        return false;
    }
    match serde_json::from_slice::<Value>(&written.body) {
        Ok(resource) => holds(request, &resource),
        // 201 without a body says that it was made; of a change nothing is known without one.
        Err(_) => {
            written.status == 201
                && written.body.is_empty()
                && matches!(request.form, RequestForm::Create { .. })
        }
    }
}

/// Whether a resource is what the request asked for.
pub(crate) fn holds(request: &StoredRequest, resource: &Value) -> bool {
    match &request.form {
        RequestForm::Create { .. } => {
            let id = request.id.to_string();
            resource["identifier"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|identifier| identifier["value"] == id.as_str())
        }
        RequestForm::Change { fields, .. } => {
            let Ok(Value::Object(fields)) = serde_json::from_str(fields) else {
                return false;
            };
            fields.iter().all(|(name, value)| match request.kind {
                // A server may word the reason its own way.
                RequestKind::CancelAppointment if name != "status" => true,
                _ => resource[name] == *value,
            })
        }
    }
}

/// What a change makes of a resource.
pub(crate) fn changed(base: &str, fields: &str) -> Option<Value> {
    let mut resource: Value = serde_json::from_str(base).ok()?;
    let Value::Object(fields) = serde_json::from_str(fields).ok()? else {
        return None;
    };
    resource.as_object_mut()?.extend(fields);
    Some(resource)
}

/// Whether a request that waits for its next attempt may be tried by now. What waits for a network
/// does not become due by the clock.
pub(crate) fn is_retry_due(request: &StoredRequest, now: DateTime<Utc>) -> bool {
    match request.state {
        RequestState::Waiting {
            not_before: Some(then),
        } => is_due(Some(then), now),
        RequestState::Waiting { not_before: None }
        | RequestState::Sending
        | RequestState::Parked(_)
        | RequestState::Done => false,
    }
}

/// Whether it may be tried now. A time far ahead is of a clock that was wrong.
pub(crate) fn is_due(not_before: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    not_before.is_none_or(|then| then <= now || then - now > LONGEST_ASKED)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ports::SourceId;

    fn request(kind: RequestKind) -> StoredRequest {
        let is_create = matches!(kind, RequestKind::RepeatRequest | RequestKind::MessageReply);
        StoredRequest {
            id: Uuid::from_u128(1),
            request_id: Uuid::from_u128(2),
            kind,
            source: SourceId("main".into()),
            patient_id: "p".into(),
            subject: "Appointment/7".into(),
            form: if is_create {
                RequestForm::Create { body: "{}".into() }
            } else {
                RequestForm::Change {
                    base: r#"{"resourceType":"Appointment","id":"7","status":"booked"}"#.into(),
                    version: Some("3".into()),
                    fields: r#"{"status":"cancelled"}"#.into(),
                }
            },
            confirmed_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            attempts: 1,
            may_have_arrived: false,
            in_doubt_since: None,
            state: RequestState::Sending,
        }
    }

    fn ok(status: u16, body: &str) -> Result<Written, RemoteError> {
        Ok(Written {
            status,
            location: None,
            etag: None,
            server_date: None,
            body: body.as_bytes().to_vec(),
        })
    }

    fn status(status: u16, code: &str, retry_after: Option<u64>) -> Result<Written, RemoteError> {
        let body = match code {
            "" => String::new(),
            code => format!(
                r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"x",
                "details":{{"coding":[{{"code":"{code}"}}]}}}}]}}"#
            ),
        };
        Err(RemoteError::Status {
            status,
            body: body.into_bytes(),
            retry_after: retry_after.map(Duration::from_secs),
        })
    }

    fn name(step: &Step) -> String {
        match step {
            Step::Done => "done".into(),
            Step::Later {
                not_before,
                may_have_arrived,
            } => {
                let seconds = (*not_before - DateTime::UNIX_EPOCH).num_seconds();
                format!(
                    "{} after {seconds} s",
                    if *may_have_arrived { "look" } else { "send" }
                )
            }
            Step::NotNow => "not now".into(),
            Step::Compare(why) => format!("compare, {}", reason(why)),
            Step::Park(why) => format!("park, {}", reason(why)),
        }
    }

    fn reason(why: &ParkedBecause) -> &'static str {
        match why {
            ParkedBecause::Refused { .. } => "refused",
            ParkedBecause::TooLate => "too late",
            ParkedBecause::AlreadyAsked => "already asked",
            ParkedBecause::Changed => "changed",
            ParkedBecause::Expired => "expired",
            ParkedBecause::NotFoundOut => "not found out",
            ParkedBecause::Unusable => "unusable",
        }
    }

    const MINE: &str = r#"{"identifier":[{"value":"00000000-0000-0000-0000-000000000001"}]}"#;
    const CANCELLED: &str = r#"{"status":"cancelled","cancelationReason":{"text":"theirs"}}"#;

    #[test]
    fn every_answer_has_its_step() {
        use RequestKind::{CancelAppointment, RepeatRequest};
        let no_answer = || {
            Err(RemoteError::NoAnswer {
                timed_out: true,
                source: None,
            })
        };
        let cases = [
            (RepeatRequest, ok(201, MINE), "done"),
            (RepeatRequest, ok(200, MINE), "done"),
            (RepeatRequest, ok(201, ""), "done"),
            (RepeatRequest, ok(200, ""), "look after 120 s"),
            (
                RepeatRequest,
                ok(201, r#"{"id":"other"}"#),
                "look after 120 s",
            ),
            (RepeatRequest, ok(302, MINE), "look after 120 s"),
            (CancelAppointment, ok(200, CANCELLED), "done"),
            (
                CancelAppointment,
                ok(200, r#"{"status":"booked"}"#),
                "look after 120 s",
            ),
            (CancelAppointment, ok(204, ""), "look after 120 s"),
            (
                RepeatRequest,
                Err(RemoteError::NotConnected(None)),
                "not now",
            ),
            (RepeatRequest, Err(RemoteError::SignInNeeded), "not now"),
            (RepeatRequest, no_answer(), "look after 120 s"),
            (
                RepeatRequest,
                Err(RemoteError::Unsafe("redirect")),
                "look after 120 s",
            ),
            (
                RepeatRequest,
                Err(RemoteError::UnreadableAnswer("x")),
                "look after 120 s",
            ),
            (RepeatRequest, status(429, "", None), "send after 5 s"),
            (RepeatRequest, status(401, "", None), "send after 5 s"),
            (CancelAppointment, status(401, "", None), "send after 5 s"),
            (RepeatRequest, status(429, "", Some(90)), "send after 90 s"),
            (
                RepeatRequest,
                status(429, "", Some(90_000)),
                "send after 3600 s",
            ),
            (
                RepeatRequest,
                status(503, "", Some(600)),
                "look after 600 s",
            ),
            (RepeatRequest, status(500, "", None), "look after 120 s"),
            (RepeatRequest, status(408, "", None), "look after 120 s"),
            (
                RepeatRequest,
                status(400, "DUPLICATE_REJECTED", None),
                "compare, already asked",
            ),
            (
                RepeatRequest,
                status(409, "DUPLICATE_REJECTED", None),
                "compare, already asked",
            ),
            (RepeatRequest, status(412, "", None), "compare, refused"),
            (
                RequestKind::MessageReply,
                status(409, "DUPLICATE_REJECTED", None),
                "compare, refused",
            ),
            (CancelAppointment, status(409, "", None), "compare, changed"),
            (CancelAppointment, status(412, "", None), "compare, changed"),
            (
                CancelAppointment,
                status(461, "", None),
                "compare, too late",
            ),
            (
                CancelAppointment,
                status(422, "INVALID_STATE_TRANSITION", None),
                "compare, too late",
            ),
            (
                RequestKind::CancelRepeatRequest,
                status(400, "INVALID_REQUEST_STATE", None),
                "compare, too late",
            ),
            (
                CancelAppointment,
                status(400, "BAD_REQUEST", None),
                "park, refused",
            ),
            (
                CancelAppointment,
                status(403, "ACCESS_DENIED", None),
                "park, refused",
            ),
            (CancelAppointment, status(404, "", None), "park, refused"),
            (CancelAppointment, status(410, "", None), "park, refused"),
            (
                RepeatRequest,
                status(422, "INVALID_RESOURCE", None),
                "park, refused",
            ),
            (RepeatRequest, status(499, "", None), "park, refused"),
        ];
        for (kind, answer, expected) in cases {
            let step = after_attempt(&request(kind), &answer, DateTime::UNIX_EPOCH, 255);
            assert_eq!(name(&step), expected, "{kind:?} {answer:?}");
        }
    }

    #[test]
    fn a_look_that_says_nothing_is_not_the_last_for_a_day() {
        const DENIED: &str = "FORBIDDEN";
        let no_answer = || RemoteError::NoAnswer {
            timed_out: false,
            source: None,
        };
        let said = |number, code, retry_after| status(number, code, retry_after).unwrap_err();
        // (what the look met, minutes since the attempt, what comes next)
        let cases = [
            (None, 0, "look after 120 s"),
            (None, 10, "look after 300 s"),
            (None, 1400, "look after 900 s"),
            (None, 1441, "park, not found out"),
            (Some(no_answer()), 10, "look after 300 s"),
            (Some(no_answer()), 1441, "park, not found out"),
            (Some(said(503, "", None)), 0, "look after 120 s"),
            (Some(said(503, "", None)), 1441, "park, not found out"),
            (Some(said(503, "", Some(600))), 0, "look after 600 s"),
            (
                Some(said(429, DENIED, Some(90_000))),
                0,
                "look after 3600 s",
            ),
            (Some(said(401, DENIED, None)), 0, "look after 120 s"),
            // A gateway's word, and the service's own.
            (Some(said(403, "", None)), 0, "look after 120 s"),
            (Some(said(404, "", None)), 1441, "park, not found out"),
            (Some(said(403, DENIED, None)), 0, "park, not found out"),
            (Some(said(404, DENIED, None)), 0, "park, not found out"),
        ];
        for (look, minutes, expected) in cases {
            let now = DateTime::UNIX_EPOCH;
            let mut asked = request(RequestKind::RepeatRequest);
            // It waited long before it could be sent at all.
            asked.confirmed_at = now - TimeDelta::days(9);
            asked.in_doubt_since = Some(now - TimeDelta::minutes(minutes));
            let step = after_unclear_look(&asked, look.as_ref(), now);
            assert_eq!(name(&step), expected, "{look:?} {minutes}");
            asked.expires_at = Some(now);
            let step = after_unclear_look(&asked, look.as_ref(), now);
            assert_eq!(name(&step), "park, not found out", "{look:?}: it is over");
        }
    }

    #[test]
    fn waits_grow_are_shaken_and_end() {
        let of = |attempts, chance| wait(attempts, chance).num_seconds();
        assert_eq!((of(1, 0), of(1, 255)), (2, 5));
        assert_eq!((of(3, 0), of(3, 255)), (10, 20));
        assert_eq!((of(200, 0), of(200, 255)), (450, 900));
    }

    #[test]
    fn a_time_that_a_wrong_clock_set_does_not_block() {
        let now = DateTime::UNIX_EPOCH;
        assert!(is_due(None, now));
        assert!(is_due(Some(now), now));
        assert!(!is_due(Some(now + TimeDelta::minutes(59)), now));
        assert!(is_due(Some(now + TimeDelta::days(300)), now));
    }
}
