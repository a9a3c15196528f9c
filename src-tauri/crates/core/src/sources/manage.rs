//! Linking a further service, signing in to it again, and unlinking it.

use std::sync::Arc;

use hale_contracts::account::{ConfirmIdentityRequest, PersonView};
use hale_contracts::sources::{
    LinkConfirmView, LinkOutcomeView, LinkSourceRequest, LinkedSourceView, SourceRequest,
    SourcesView,
};

use crate::account::backend::backend_view;
use crate::app::{Candidate, Hale, OpenSession};
use crate::error::Error;
use crate::ports::{Backends, Cache, Clock, Device, SourceId};
use crate::sources::kept::{forget_identity, keep_identity};
use crate::sources::link::Identity;
use crate::sync::plan::SyncAction;
use crate::sync::status::joined;

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Every service that the record is read from, and how each stands.
    ///
    /// # Errors
    /// If nobody is signed in or the mirror fails.
    pub async fn sources(&self) -> Result<SourcesView, Error> {
        let session = self.session()?;
        let status = self.sync_status().await?;
        let sources = session
            .links()
            .into_iter()
            .map(|link| {
                let identity = link.identity();
                let own = || {
                    status
                        .units
                        .iter()
                        .filter(|unit| unit.source.id == identity.source.0)
                };
                LinkedSourceView {
                    source: identity.source_view(),
                    backend: backend_view(&identity.backend),
                    is_main: identity.is_main(),
                    person: identity.person.clone(),
                    is_lapsed: link.is_lapsed(),
                    freshness: joined(
                        own()
                            .filter(|unit| unit.not_allowed.is_none())
                            .map(|unit| &unit.freshness),
                    ),
                    error: own().find_map(|unit| unit.error.clone()),
                }
            })
            .collect();
        Ok(SourcesView { sources })
    }

    /// Links a further service: looks at the address, signs in there through the system browser, and
    /// compares who it names with the patient. Its record is read at the next check.
    ///
    /// Another NHS number or another date of birth is somebody else: the sign-in is taken back and
    /// nothing is kept. Where both name the same NHS number it is linked at once; otherwise the
    /// patient is asked, see [`Hale::confirm_link`].
    ///
    /// # Errors
    /// Why the address cannot be used or the sign-in ended, [`Error::AlreadyLinked`], or
    /// [`Error::DifferentPerson`].
    pub async fn link_source(&self, request: LinkSourceRequest) -> Result<LinkOutcomeView, Error> {
        let session = self.session()?;
        let _alone = session
            .signing_in
            .try_lock()
            .ok_or(Error::InvalidRequest("a sign-in is under way"))?;
        let backend = self.backends.discover(request.url).await?;
        let is_linked = session
            .links()
            .iter()
            .any(|link| link.identity().backend.base_url == backend.base_url);
        if is_linked {
            return Err(Error::AlreadyLinked);
        }
        let candidate = self.candidate(backend).await?;
        let known = session.identity().person.clone();
        match sameness(&known, &candidate.person) {
            Sameness::Other => {
                self.turn_away(candidate).await;
                Err(Error::DifferentPerson)
            }
            Sameness::Same => {
                self.admit_link(&session, candidate).await?;
                Ok(LinkOutcomeView::Linked {
                    sources: self.sources().await?,
                })
            }
            Sameness::Unsure => {
                let asked = Box::new(LinkConfirmView {
                    known,
                    person: candidate.person.clone(),
                    backend: backend_view(&candidate.backend),
                });
                let before = session.set_linking(Some(candidate));
                if let Some(before) = before {
                    self.turn_away(before).await;
                }
                Ok(LinkOutcomeView::Confirm { asked })
            }
        }
    }

    /// Takes the patient's answer to whether the person at the service is them. With "no" nothing is
    /// kept and the sign-in is taken back.
    ///
    /// # Errors
    /// If nobody waits to be confirmed, or the device cannot keep it.
    pub async fn confirm_link(
        &self,
        request: ConfirmIdentityRequest,
    ) -> Result<SourcesView, Error> {
        let session = self.session()?;
        let candidate = session
            .set_linking(None)
            .ok_or(Error::InvalidRequest("nobody waits to be confirmed"))?;
        if request.is_me {
            self.admit_link(&session, candidate).await?;
        } else {
            self.turn_away(candidate).await;
        }
        self.sources().await
    }

    /// Signs in again to a linked service whose sign-in has lapsed.
    ///
    /// # Errors
    /// Whatever ended the sign-in; [`Error::DifferentPerson`] where somebody else signed in.
    pub async fn sign_in_to_source(&self, request: SourceRequest) -> Result<SourcesView, Error> {
        let session = self.session()?;
        let _alone = session
            .signing_in
            .try_lock()
            .ok_or(Error::InvalidRequest("a sign-in is under way"))?;
        let known = linked(&session, &request)?;
        let backend = self
            .backends
            .discover(known.backend.base_url.clone())
            .await
            .map_err(crate::account::sign_in::not_reached)?;
        let candidate = self.candidate(backend).await?;
        let is_same = candidate.signed_in.tokens.patient_id == known.patient_id
            && !matches!(sameness(&known.person, &candidate.person), Sameness::Other);
        if !is_same {
            self.turn_away(candidate).await;
            return Err(Error::DifferentPerson);
        }
        self.keep_link(&session, known.source.clone(), candidate)
            .await?;
        self.sources().await
    }

    /// Unlinks a service: everything that came from it leaves this device and its sign-in is taken
    /// back. What came from the others stays. Stopped on the way, it is still linked, and can be
    /// unlinked again.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not linked or is the main one, or a store fails.
    pub async fn unlink_source(&self, request: SourceRequest) -> Result<SourcesView, Error> {
        let session = self.session()?;
        let known = linked(&session, &request)?;
        // A check that runs would bring back what goes.
        self.stop_check();
        let _still = session.syncing.lock().await;
        let _guard = self.changing.lock().await;
        let source = known.source.clone();
        let tokens = self
            .device
            .tokens(session.person_id.clone(), source.clone())
            .await;
        let purge = SyncAction::PurgeSource {
            source: source.clone(),
        };
        session.cache.apply(vec![purge]).await?;
        self.device
            .save_tokens(session.person_id.clone(), source.clone(), None)
            .await?;
        forget_identity(&session.own, &source).await?;
        session.remove_link(&source);
        if let Ok(Some(tokens)) = tokens {
            self.backends.revoke(known.backend.clone(), tokens).await;
        }
        drop(_still);
        self.sources().await
    }

    async fn admit_link(
        &self,
        session: &OpenSession<D, B>,
        candidate: Candidate,
    ) -> Result<(), Error> {
        let source = SourceId(self.clock.new_id().to_string());
        self.keep_link(session, source, candidate).await
    }

    /// Keeps a service and connects to it. Who it is comes before the tokens, so that a stop leaves
    /// either nothing or a service that asks to sign in again.
    async fn keep_link(
        &self,
        session: &OpenSession<D, B>,
        source: SourceId,
        candidate: Candidate,
    ) -> Result<(), Error> {
        let _guard = self.changing.lock().await;
        let identity = Identity {
            source: source.clone(),
            patient_id: candidate.signed_in.tokens.patient_id.clone(),
            claims: candidate.signed_in.claims,
            person: candidate.person,
            backend: candidate.backend,
        };
        keep_identity(&session.own, &identity).await?;
        let tokens = candidate.signed_in.tokens;
        self.device
            .save_tokens(session.person_id.clone(), source, Some(tokens.clone()))
            .await?;
        session.put_link(self.connected(&session.person_id, identity, tokens));
        Ok(())
    }

    /// Takes back a sign-in that leads to nothing.
    async fn turn_away(&self, candidate: Candidate) {
        self.backends
            .revoke(candidate.backend, candidate.signed_in.tokens)
            .await;
    }
}

/// Who a service names, compared with the patient.
#[derive(Debug, PartialEq, Eq)]
enum Sameness {
    /// The same NHS number, and nothing speaks against it.
    Same,
    /// Somebody else.
    Other,
    /// Nobody can tell but the patient.
    Unsure,
}

/// Compares by NHS number and date of birth; a name is written in too many ways to decide anything.
fn sameness(known: &PersonView, named: &PersonView) -> Sameness {
    let numbers = known.nhs_number.as_ref().zip(named.nhs_number.as_ref());
    let births = known.date_of_birth.zip(named.date_of_birth);
    if numbers.is_some_and(|(a, b)| a != b) || births.is_some_and(|(a, b)| a != b) {
        return Sameness::Other;
    }
    if numbers.is_some() {
        Sameness::Same
    } else {
        Sameness::Unsure
    }
}

/// The linked service that is meant; never the main one.
fn linked<C, O, R>(
    session: &crate::app::Session<C, O, R>,
    request: &SourceRequest,
) -> Result<Arc<Identity>, Error> {
    session
        .link(&SourceId(request.source.clone()))
        .map(|link| link.identity())
        .filter(|identity| !identity.is_main())
        .ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn person(nhs: Option<&str>, born: Option<i32>) -> PersonView {
        PersonView {
            name: "Ann Example".to_owned(),
            date_of_birth: born.and_then(|year| NaiveDate::from_ymd_opt(year, 5, 1)),
            nhs_number: nhs.map(ToOwned::to_owned),
            identity_level: None,
            practice: None,
        }
    }

    #[test]
    fn only_a_shared_nhs_number_needs_no_question() {
        use Sameness::{Other, Same, Unsure};
        let here = person(Some("9000000009"), Some(1950));
        let cases = [
            (person(Some("9000000009"), Some(1950)), Same),
            (person(Some("9000000009"), None), Same),
            (person(Some("9000000009"), Some(1951)), Other),
            (person(Some("9000000017"), Some(1950)), Other),
            (person(None, Some(1950)), Unsure),
            (person(None, None), Unsure),
            (person(None, Some(1951)), Other),
        ];
        for (named, expected) in cases {
            assert_eq!(sameness(&here, &named), expected, "{named:?}");
        }
        let unknown = person(None, None);
        assert_eq!(sameness(&unknown, &here), Unsure);
    }
}
