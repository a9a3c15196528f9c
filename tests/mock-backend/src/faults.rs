//! The faults that a tester can switch on, and the rules that say where and how often. One
//! vocabulary for tests, the console and the scenarios. Whoever serves a request asks here; this
//! module changes no answer itself.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::population::RecordAccess;
use crate::state::lock;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// The connection ends before the request has any effect.
    LostRequest,
    /// The request takes effect, then the connection ends without an answer.
    LostReply,
    /// No answer ever comes and the request has no effect.
    HangBefore,
    /// The request takes effect, and no answer ever comes.
    HangAfter,
    /// The answer comes late.
    Slow {
        /// How late, in milliseconds.
        millis: u64,
    },
    /// A status with an OperationOutcome.
    Status {
        /// HTTP status, 200 to 599.
        status: u16,
        /// NHS code in place of the usual one for the status.
        #[serde(default)]
        nhs_code: Option<String>,
        /// `Retry-After` of the answer.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// A status without a body.
    BareStatus {
        /// HTTP status.
        status: u16,
    },
    /// A status with a page such as a gateway sends.
    HtmlPage {
        /// HTTP status.
        status: u16,
    },
    /// The search answers 207 and says that one of its sources failed.
    Partial,
    /// The body ends in the middle.
    TruncatedBody,
    /// Status 200 with a body that a reader must defend itself against.
    HostileBody {
        /// Which.
        body: HostileBody,
    },
    /// The answer leads to another address.
    Redirect {
        /// Where to.
        to: String,
    },
    /// The answer's `Date` is wrong.
    WrongClock {
        /// How many hours it is ahead; less than 0 if behind.
        hours: i64,
    },
    /// The body is announced as HTML.
    WrongContentType,
    /// Status 200 with an OperationOutcome for a body.
    OutcomeWithSuccess,
    /// The `next` link leads back to the same page.
    EndlessPages,
    /// The `next` link leads to another origin.
    ForeignNextLink,
    /// A search result has an entry that it should not have.
    BadEntry {
        /// Which.
        entry: BadEntry,
    },
    /// A search finds nothing.
    NothingFound,
    /// The next booking finds its slot just taken by somebody else.
    SlotTaken,
    /// The practice takes no bookings and no cancellations.
    BookingOff,
    /// The practice takes no cancellations.
    CancellationOff,
    /// The practice has lowered what the patient may read since they signed in.
    AccessLowered {
        /// To this.
        to: RecordAccess,
    },
    /// The app's access was narrowed since the patient signed in.
    ScopesWithout {
        /// Without this type.
        resource: String,
    },
    /// A stale version is answered with 409 instead of 412.
    ConflictAs409,
    /// `If-None-Exist` is ignored.
    NoConditionalCreate,
    /// A create is answered with 200 and another resource of its type.
    UnrelatedAnswer {
        /// Whether what was sent is made all the same.
        takes_effect: bool,
    },
    /// A search takes no notice of a parameter.
    IgnoredParameter {
        /// For example `identifier`.
        name: String,
    },
    /// A page of a search holds no more than this.
    SmallPages {
        /// How many matches, at least 1.
        count: u32,
    },
    /// A search gives no link to its next page.
    NoNextLink,
    /// `/metadata` says another FHIR version.
    FhirVersion {
        /// For example `3.0.1`.
        version: String,
    },
    /// There is no `/metadata`.
    NoMetadata,
    /// There is no `smart-configuration`.
    NoSmartConfiguration,
    /// The redirect after sign-in carries another state.
    WrongState,
    /// The person refuses at the sign-in page, whatever is chosen.
    SignInRefused,
    /// The id token carries another nonce.
    WrongNonce,
    /// The id token names another issuer.
    WrongIssuer,
    /// The id token is for another client.
    WrongAudience,
    /// The id token ended an hour ago.
    ExpiredIdToken,
    /// The id token's signature does not verify.
    BadSignature,
    /// The code was used by somebody else before.
    CodeReplayed,
    /// Access tokens are taken for expired.
    ExpiredAccessToken,
    /// Refresh tokens are taken for expired.
    ExpiredRefreshToken,
    /// A defect of the server itself.
    #[cfg(test)]
    Panic,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u32),
    /// A date that many seconds ahead.
    DateInSeconds(u32),
}

/// A body that would harm a reader without limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostileBody {
    /// 100 MB of blanks, with its length announced.
    Large,
    /// Never ends, and comes as fast as it is read.
    Endless,
    /// 256 MiB of blanks in a quarter of a megabyte of gzip.
    GzipBomb,
    /// Arrays within arrays, 100,000 deep.
    DeepNesting,
    /// A text that is not UTF-8.
    InvalidUtf8,
    /// The connection is reset in the middle of the body.
    Reset,
}

/// An entry that should not be in a search result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadEntry {
    /// Breaks the FHIR schema in the ways published NHS examples do.
    SchemaInvalid,
    /// A resource without an id.
    WithoutId,
    /// A resource of another patient.
    OtherPatient,
    /// A warning among the results.
    Outcome,
    /// An entry that is no resource at all.
    NotAResource,
    /// Each resource a second time, with the same id.
    Twice,
}

/// A fault, where it strikes and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// HTTP method; any if none.
    #[serde(default)]
    pub method: Option<String>,
    /// Path below the FHIR base (`/Appointment`) or from the root (`/auth/token`), with everything
    /// below it; `?name=value` narrows it to requests with that parameter. Any if none.
    #[serde(default)]
    pub path: Option<String>,
    /// How often it still strikes; for ever if none.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching requests it still lets pass first.
    #[serde(default)]
    pub skip: u32,
}

impl Rule {
    /// Strikes one matching request.
    #[must_use]
    pub fn once(fault: Fault) -> Self {
        Self::always(fault).times(1)
    }

    /// Strikes every matching request.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self {
            fault,
            method: None,
            path: None,
            times: None,
            skip: 0,
        }
    }

    /// Strikes this often.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes only requests with this method and path; see [`Rule::path`].
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.on_path(path)
    }

    /// Strikes only requests for this path, whatever the method; see [`Rule::path`].
    #[must_use]
    pub fn on_path(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    fn is_for(&self, route: &Route) -> bool {
        let right_method = self
            .method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(&route.method));
        right_method && self.path.as_ref().is_none_or(|path| route.is_at(path))
    }
}

/// A request as rules see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route {
    pub(crate) method: String,
    /// From the root.
    pub(crate) path: String,
    /// Decoded, with the parameters of a page's opaque link spelt out.
    pub(crate) query: Vec<(String, String)>,
}

impl Route {
    fn is_at(&self, pattern: &str) -> bool {
        let (path, query) = pattern.split_once('?').unwrap_or((pattern, ""));
        let path = path.trim_end_matches('/');
        let below = |full: &str| {
            full.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let right_path = below(&self.path) || self.path.strip_prefix("/fhir").is_some_and(below);
        right_path
            && url::form_urlencoded::parse(query.as_bytes()).all(|(name, value)| {
                self.query
                    .iter()
                    .any(|have| have.0 == name && have.1 == value)
            })
    }
}

/// A handle on the rules in force.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<Rule>>>,
}

impl Faults {
    /// Adds a rule.
    pub fn set(&self, rule: Rule) {
        lock(&self.rules).push(rule);
    }

    /// Puts these rules in place of all others.
    pub fn replace(&self, rules: Vec<Rule>) {
        *lock(&self.rules) = rules;
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        lock(&self.rules).clear();
    }

    /// Ends the rule at this place of [`Faults::rules`].
    pub fn remove(&self, at: usize) {
        let mut rules = lock(&self.rules);
        if at < rules.len() {
            rules.remove(at);
        }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        lock(&self.rules).clone()
    }

    /// Whether nothing goes wrong.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.rules).is_empty()
    }

    /// The first fault for this request among those that `applies` accepts; it counts as used.
    pub(crate) fn take(&self, route: &Route, applies: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut rules = lock(&self.rules);
        let mut found = None;
        for (at, rule) in rules.iter_mut().enumerate() {
            if !applies(&rule.fault) || !rule.is_for(route) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            found = Some(at);
            break;
        }
        let at = found?;
        let rule = rules.get_mut(at)?;
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                rules.remove(at);
            }
        }
        Some(fault)
    }

    /// Whether this very fault strikes now; it counts as used.
    pub(crate) fn strikes(&self, route: &Route, fault: &Fault) -> bool {
        self.take(route, |other| other == fault).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, query: &[(&str, &str)]) -> Route {
        Route {
            method: "GET".into(),
            path: path.into(),
            query: query
                .iter()
                .map(|(n, v)| ((*n).into(), (*v).into()))
                .collect(),
        }
    }

    #[test]
    fn a_rule_strikes_where_and_as_often_as_it_says() {
        let faults = Faults::default();
        faults.set(
            Rule::once(Fault::Partial)
                .on("GET", "/Observation?category=laboratory")
                .after(1),
        );
        let other = get("/fhir/Observation", &[("category", "vital-signs")]);
        let ours = get("/fhir/Observation", &[("category", "laboratory")]);
        assert!(!faults.strikes(&other, &Fault::Partial));
        assert!(!faults.strikes(&ours, &Fault::Partial), "the first passes");
        assert!(faults.strikes(&ours, &Fault::Partial));
        assert!(!faults.strikes(&ours, &Fault::Partial), "once is once");
    }

    #[test]
    fn a_path_means_itself_and_what_is_below() {
        for (pattern, path, expected) in [
            ("/Appointment", "/fhir/Appointment", true),
            ("/Appointment", "/fhir/Appointment/1", true),
            ("/Appointment", "/fhir/AppointmentResponse", false),
            ("/auth/token", "/auth/token", true),
            ("/fhir", "/fhir/Patient/1", true),
            ("/fhir", "/auth/token", false),
        ] {
            assert_eq!(get(path, &[]).is_at(pattern), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_rule_survives_its_json() {
        let rule = Rule::once(Fault::Status {
            status: 429,
            nhs_code: None,
            retry_after: Some(RetryAfter::Seconds(3)),
        })
        .on_path("/Slot");
        let text = serde_json::to_string(&rule).unwrap();
        assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
    }
}
