//! Reading the patient's own practice and its rules (backend contract, §8a).

use serde_json::Value;

use super::guess_reason::says_for_good;
use super::reading::{Reading, Stop};
use super::run::stored;
use super::units;
use crate::account::view as account;
use crate::ports::{Backends, CacheError, Clock, Device, RemoteError, Target};
use crate::sources::kept::keep_identity;
use crate::sources::link::Identity;

impl<D: Device, B: Backends, K: Clock> Reading<'_, D, B, K> {
    /// The practice and its rules (backend contract, §8a). A server without them is no failure:
    /// unknown rules are left to its refusals.
    pub(super) async fn practice(&mut self) -> Result<(), Stop> {
        // Whose it is comes before all else: nothing of somebody else may be read on.
        self.flush().await?;
        let patient = stored(self.session, &self.identity.source, self.unit, "Patient").await?;
        let patient = patient.into_iter().next();
        if let Some(patient) = &patient {
            let person = account::person(patient, &self.identity.claims, &|_| None);
            let numbers = (&self.identity.person.nhs_number, &person.nhs_number);
            if matches!(numbers, (Some(known), Some(now)) if known != now) {
                return Err(Stop::AnotherNumber);
            }
        }
        // Why sections are empty, where the source says so.
        let id = units::encode(&self.identity.patient_id);
        self.optional(format!("List?patient={id}&_count=100"))
            .await?;
        self.flush().await?;
        let Some(patient) = patient else {
            return self.failed_on_the_way();
        };
        let organisation = organisation_of(&patient);
        if let Some(id) = organisation {
            let id = units::encode(&id);
            self.optional(format!("Organization/{id}")).await?;
            self.optional(format!(
                "HealthcareService?organization=Organization%2F{id}&_count=100"
            ))
            .await?;
        }
        self.flush().await?;
        let known = stored(
            self.session,
            &self.identity.source,
            self.unit,
            "Organization",
        )
        .await?;
        let find = |reference: &str| {
            known
                .iter()
                .find(|resource| {
                    let id = resource["id"].as_str().unwrap_or_default();
                    reference == format!("Organization/{id}")
                })
                .cloned()
        };
        let person = account::person(&patient, &self.identity.claims, &find);
        if person != self.identity.person {
            let identity = Identity {
                person,
                ..self.identity.clone()
            };
            keep_identity(&self.session.own, &identity)
                .await
                .map_err(|error| Stop::Store(CacheError::Other(Box::new(error))))?;
            self.link.set_identity(identity);
        }
        self.failed_on_the_way()
    }

    /// What failed although the rest could still be read.
    fn failed_on_the_way(&mut self) -> Result<(), Stop> {
        match self.failed.take() {
            Some(error) => Err(Stop::Remote(error)),
            None => Ok(()),
        }
    }

    /// Reads what a server may lack or refuse without the unit failing. A server that is busy or
    /// slow lacks nothing: what it gave before must not be taken for gone.
    async fn optional(&mut self, search: String) -> Result<(), Stop> {
        match self.search(Target::Path(search), None).await {
            Err(Stop::Remote(error)) => match refusal(&error) {
                Refusal::Own => Ok(()),
                // What else there is is read all the same; the unit fails at its end.
                Refusal::Foreign => {
                    self.failed.get_or_insert(error);
                    Ok(())
                }
                Refusal::None => Err(Stop::Remote(error)),
            },
            other => other,
        }
    }
}

/// Who refused a request.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// Nobody: it failed in another way.
    None,
    /// The service itself, in an OperationOutcome, for good.
    Own,
    /// Perhaps only something on the way (a gateway, or another server under the address), or only
    /// now.
    Foreign,
}

fn refusal(error: &RemoteError) -> Refusal {
    match error {
        RemoteError::Status {
            status: 400 | 403 | 404 | 405 | 410 | 501,
            body,
            ..
        } if says_for_good(body) => Refusal::Own,
        RemoteError::Status {
            status: 400 | 403 | 404 | 405 | 410 | 501,
            ..
        } => Refusal::Foreign,
        _ => Refusal::None,
    }
}

/// The id of the organisation that a patient is registered with.
pub(crate) fn organisation_of(patient: &Value) -> Option<String> {
    patient["generalPractitioner"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(std::iter::once(&patient["managingOrganization"]))
        .filter_map(|reference| reference["reference"].as_str())
        .find_map(|reference| {
            let (before, id) = reference.rsplit_once('/')?;
            before.ends_with("Organization").then(|| id.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_own_word_says_that_it_lacks_something() {
        let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}"#;
        let busy = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}"#;
        let page = "<html><body>Not found</body></html>";
        let cases = [
            (404, outcome, Refusal::Own),
            (400, outcome, Refusal::Own),
            (403, outcome, Refusal::Own),
            (501, outcome, Refusal::Own),
            (404, page, Refusal::Foreign),
            (404, "", Refusal::Foreign),
            (404, r#"{"message":"no route"}"#, Refusal::Foreign),
            (405, page, Refusal::Foreign),
            (403, page, Refusal::Foreign),
            (403, busy, Refusal::Foreign),
            (500, outcome, Refusal::None),
            (503, page, Refusal::None),
            (429, outcome, Refusal::None),
        ];
        for (status, body, expected) in cases {
            let error = RemoteError::Status {
                status,
                body: body.as_bytes().to_vec(),
                retry_after: None,
            };
            assert_eq!(refusal(&error), expected, "{status} {body}");
        }
        assert_eq!(refusal(&RemoteError::NotConnected(None)), Refusal::None);
    }
}
