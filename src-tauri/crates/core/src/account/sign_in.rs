//! Signing in: the browser, then the patient's own "yes, this is me", then the first files.

use std::sync::Arc;

use futures::future::{Either, select};
use hale_contracts::account::{ConfirmIdentityRequest, SessionView};
use hale_fhir::read_page;
use serde_json::Value;

use crate::account::backend::{given_now, is_same_server};
use crate::account::tokens::{DeviceKeeper, MemoryKeeper};
use crate::account::view;
use crate::app::{Candidate, Hale, Session, Stage, lock};
use crate::error::Error;
use crate::ports::{
    BackendInfo, Backends, Clock, Device, DiscoveryError, Fetch, OpenStoreError, PersonId, Remote,
    RemoteError, SignInError, SignedIn, Target, Tokens,
};
use crate::sources::kept::{keep_identity, kept_identity};
use crate::sources::link::{Identity, Link, main_source};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Signs in through the system browser and waits for its end. On success the app stands at
    /// [`SessionView::ConfirmIdentity`], or, where the same person signs in again, goes on at once.
    ///
    /// # Errors
    /// Whatever ended the sign-in; the app then stands where it stood before.
    /// [`Error::DataOfAnotherService`] where the record here came from elsewhere: the browser is not
    /// opened then.
    pub async fn sign_in(&self) -> Result<SessionView, Error> {
        let _guard = self
            .changing
            .try_lock()
            .ok_or(Error::InvalidRequest("a sign-in is under way"))?;
        let url = self.backend_url().await.ok_or(Error::NoBackend)?;
        let backend = self.backends.discover(url).await.map_err(not_reached)?;
        let known = self.known_identity().await?;
        if known
            .as_ref()
            .is_some_and(|known| !is_same_server(&known.backend.base_url, &backend.base_url))
        {
            return Err(Error::DataOfAnotherService);
        }
        let before = std::mem::replace(
            &mut *self.stage(),
            Stage::SigningIn {
                backend: backend.clone(),
            },
        );
        match self.candidate(backend).await {
            Ok(candidate) => {
                let outcome = self.welcome(candidate, known).await;
                if outcome.is_err() {
                    *self.stage() = before;
                }
                outcome?;
                Ok(self.session_view().await)
            }
            Err(error) => {
                *self.stage() = before;
                Err(error)
            }
        }
    }

    /// Ends a sign-in that waits for the browser. Does nothing if none does.
    pub fn cancel_sign_in(&self) {
        if let Some(cancel) = lock(&self.cancel_sign_in).take() {
            // Nobody listens if the sign-in ended a moment ago, which is as good.
            cancel.send(()).ok();
        }
    }

    /// Takes the patient's answer to "is this you?". With "no" nothing is kept and the tokens are
    /// revoked.
    ///
    /// # Errors
    /// If nobody waits to be confirmed, or the device cannot keep the files, key or tokens.
    pub async fn confirm_identity(
        &self,
        request: ConfirmIdentityRequest,
    ) -> Result<SessionView, Error> {
        let _guard = self.changing.lock().await;
        let candidate = match &*self.stage() {
            Stage::Confirming(candidate) => candidate.as_ref().clone(),
            _ => return Err(Error::InvalidRequest("nobody waits to be confirmed")),
        };
        if request.is_me {
            self.admit(candidate).await?;
        } else {
            let has_data = self.device.settings().await.person.is_some();
            *self.stage() = Stage::SignedOut { has_data };
            self.backends
                .revoke(candidate.backend, candidate.signed_in.tokens)
                .await;
        }
        Ok(self.session_view().await)
    }

    /// The identity kept on this device, where there is one that opens.
    async fn known_identity(&self) -> Result<Option<Identity>, Error> {
        if let Ok(session) = self.session() {
            return Ok(Some(session.identity().as_ref().clone()));
        }
        let Some(person) = self.device.settings().await.person else {
            return Ok(None);
        };
        match self.device.open(person).await {
            Ok((_cache, own)) => kept_identity(&own).await,
            Err(OpenStoreError::NothingHere) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs in at a service and learns who the patient is there. Nothing is kept.
    pub(crate) async fn candidate(&self, backend: BackendInfo) -> Result<Candidate, Error> {
        let (cancel, cancelled) = futures::channel::oneshot::channel();
        *lock(&self.cancel_sign_in) = Some(cancel);
        let sign_in = Box::pin(
            self.backends
                .sign_in(backend.clone(), Arc::clone(&self.browser)),
        );
        let mut signed_in = match select(sign_in, cancelled).await {
            Either::Left((result, _)) => result?,
            Either::Right(_) => return Err(SignInError::Cancelled.into()),
        };
        lock(&self.cancel_sign_in).take();
        let keeper = Arc::new(MemoryKeeper::new(signed_in.tokens.clone()));
        let remote = self.backends.connect(
            backend.clone(),
            signed_in.tokens.clone(),
            Arc::clone(&keeper) as Arc<_>,
        );
        let patient = read_patient(&remote, &signed_in).await?;
        signed_in.tokens = keeper.tokens();
        let person = view::person(
            patient.as_ref().unwrap_or(&Value::Null),
            &signed_in.claims,
            &|_| None,
        );
        Ok(Candidate {
            backend,
            signed_in,
            person,
        })
    }

    /// A new person is asked to confirm; the one whose record is here goes on at once; another one
    /// is refused, because their data must not mix.
    async fn welcome(&self, candidate: Candidate, known: Option<Identity>) -> Result<(), Error> {
        match known {
            None => {
                *self.stage() = Stage::Confirming(Box::new(candidate));
                Ok(())
            }
            Some(known) if is_same_person(&known, &candidate) => self.admit(candidate).await,
            Some(_) => {
                self.backends
                    .revoke(candidate.backend, candidate.signed_in.tokens)
                    .await;
                Err(Error::DifferentPerson)
            }
        }
    }

    /// Opens or makes the person's files and keeps the tokens. The order matters: key and files,
    /// then who they belong to, then the tokens, then the pointer to them, so that a stop anywhere
    /// leaves either nothing to be seen or a whole person.
    async fn admit(&self, candidate: Candidate) -> Result<(), Error> {
        let Candidate {
            backend,
            signed_in,
            person,
        } = candidate;
        let mut settings = self.device.settings().await;
        let person_id = settings
            .person
            .clone()
            .unwrap_or_else(|| PersonId(self.clock.new_id().to_string()));
        // The open files are closed before they are opened anew.
        let (cache, own) = match self.take_session(&person_id) {
            Some(open) => open,
            None => match self.device.open(person_id.clone()).await {
                Err(OpenStoreError::NothingHere) => self.device.create(person_id.clone()).await?,
                opened => opened?,
            },
        };
        let before = kept_identity(&own).await?;
        let identity = Identity {
            source: main_source(),
            patient_id: signed_in.tokens.patient_id.clone(),
            claims: signed_in.claims.clone(),
            // What a whole check knew about the person (the practice above all) is not lost.
            person: before.map_or(person.clone(), |before| {
                hale_contracts::account::PersonView {
                    practice: person.practice.clone().or(before.person.practice),
                    ..person
                }
            }),
            backend: backend.clone(),
        };
        keep_identity(&own, &identity).await?;
        self.device
            .save_tokens(
                person_id.clone(),
                identity.source.clone(),
                Some(signed_in.tokens.clone()),
            )
            .await?;
        if given_now(self.given_backend.as_deref(), &settings).is_some() {
            settings.chosen_instead_of = None;
        }
        settings.backend_url = Some(backend.base_url.clone());
        settings.person = Some(person_id.clone());
        settings.is_signed_out = false;
        self.device.save_settings(settings).await?;
        let others = self.kept_links(&person_id, &own).await?;
        let main = self.connected(&person_id, identity, signed_in.tokens);
        let session = Session::new(person_id, main, others, cache, own);
        *self.stage() = Stage::Open(Arc::new(session));
        Ok(())
    }

    /// The connection to a service that the patient has just signed in to.
    pub(crate) fn connected(
        &self,
        person: &PersonId,
        identity: Identity,
        tokens: Tokens,
    ) -> Link<B::Remote> {
        let keeper = DeviceKeeper::new(
            Arc::clone(&self.device),
            person.clone(),
            identity.source.clone(),
        );
        let backend = identity.backend.clone();
        let remote = self.backends.connect(backend, tokens, Arc::new(keeper));
        Link::new(identity, Some(remote))
    }

    /// The stores of the session that is open for this person, if nothing else uses them.
    fn take_session(&self, person: &PersonId) -> Option<(D::Cache, D::Own)> {
        let mut stage = self.stage();
        let Stage::Open(session) = &*stage else {
            return None;
        };
        if &session.person_id != person {
            return None;
        }
        let Stage::Open(session) =
            std::mem::replace(&mut *stage, Stage::SignedOut { has_data: true })
        else {
            return None;
        };
        Arc::into_inner(session).map(|session| (session.cache, session.own))
    }
}

/// A service that was in use and does not answer now: the network is in doubt, not the address.
pub(crate) fn not_reached(error: DiscoveryError) -> Error {
    match error {
        DiscoveryError::Unreachable(source) => RemoteError::NotConnected(source).into(),
        other => other.into(),
    }
}

fn is_same_person(known: &Identity, candidate: &Candidate) -> bool {
    let numbers = (&known.person.nhs_number, &candidate.person.nhs_number);
    let is_other_number = matches!(numbers, (Some(known), Some(now)) if known != now);
    known.patient_id == candidate.signed_in.tokens.patient_id && !is_other_number
}

/// The Patient that the tokens are for. None where the server keeps it back (a lower identity
/// level): then the claims of the sign-in must do.
async fn read_patient(remote: &impl Remote, signed_in: &SignedIn) -> Result<Option<Value>, Error> {
    let id = &signed_in.tokens.patient_id;
    let fetch = Fetch {
        target: Target::Path(format!("Patient/{}", crate::sync::units::encode(id))),
        if_none_match: None,
    };
    let fetched = match remote.fetch(fetch).await {
        Ok(fetched) => fetched,
        Err(RemoteError::Status {
            status: 403 | 404, ..
        }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let page = read_page(&fetched.body).map_err(|_| Error::Unreadable)?;
    let patient = page
        .entries
        .iter()
        .find(|entry| entry.resource_type == "Patient")
        .ok_or(Error::Unreadable)?;
    if &patient.id != id {
        return Err(Error::Unreadable);
    }
    serde_json::from_str(patient.raw.get())
        .map(Some)
        .map_err(|_| Error::Unreadable)
}
