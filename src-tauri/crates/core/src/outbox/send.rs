//! Sending what waits, in order, and finding out what became of what may have arrived.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use hale_contracts::sync::SyncUnit;
use hale_fhir::read_page;
use serde_json::Value;

use super::rules::{
    SETTLED_AFTER, Step, after_attempt, after_unclear_look, changed, holds, is_due,
};
use crate::app::{Hale, OpenSession};
use crate::appointments::ID_SYSTEM;
use crate::error::Error;
use crate::ports::{
    Backends, Cache, Clock, Device, Fetch, Outbox, ParkedBecause, Remote, RemoteError, RequestForm,
    RequestKind, RequestState, StoredRequest, Target, Write,
};
use crate::sync::PARTIAL;
use crate::sync::counted::Counted;
use crate::sync::plan::{Members, SyncAction, plan_page};
use crate::sync::units::encode;

/// More pages than the resources of one type that a person has.
const MOST_PAGES: usize = 200;

/// How long it is known that a request was done.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// What the server holds of a request.
enum Holds {
    /// What was asked for.
    Asked(Value),
    /// What there was before: the request did not arrive.
    Before,
    /// Something else, as it stands now.
    Other(Value),
    /// An answer that is not whole says nothing.
    Unclear,
}

/// Whether the next request can be tried.
enum Went {
    /// It is in nobody's way.
    Done,
    /// It stays.
    Stays,
    /// Nothing can be sent now.
    Stop,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Sends what waits. Only one sender runs at a time; another one finds nothing left to do.
    ///
    /// # Errors
    /// If a store fails. A server that fails is no error here: it stands beside the request.
    pub(crate) async fn send_outbox(&self, session: &OpenSession<D, B>) -> Result<(), Error> {
        let _guard = session.sending.lock().await;
        let mut blocked = HashSet::new();
        for request in session.own.requests().await? {
            if blocked.contains(&request.subject) {
                continue;
            }
            let subject = request.subject.clone();
            match self.send_one(session, request).await? {
                Went::Done => {}
                Went::Stays => {
                    blocked.insert(subject);
                }
                Went::Stop => break,
            }
        }
        Ok(())
    }

    async fn send_one(
        &self,
        session: &OpenSession<D, B>,
        mut request: StoredRequest,
    ) -> Result<Went, Error> {
        let now = self.clock.now();
        match request.state {
            RequestState::Done => {
                if now - request.confirmed_at > REMEMBERED {
                    session.own.forget_request(request.id).await?;
                }
                return Ok(Went::Done);
            }
            RequestState::Parked(ParkedBecause::NotFoundOut) => {
                return self.look_once_more(session, &request).await;
            }
            RequestState::Parked(_) => return Ok(parked(&request)),
            RequestState::Waiting { not_before } if !is_due(not_before, now) => {
                return Ok(Went::Stays);
            }
            RequestState::Waiting { .. } | RequestState::Sending => {}
        }
        if request.may_have_arrived {
            match self.held_of(session, &request).await {
                Ok(Holds::Asked(resource)) => return self.done(session, &request, resource).await,
                Ok(Holds::Before) => request.may_have_arrived = false,
                Ok(Holds::Other(resource)) => {
                    self.mirror(session, &resource).await?;
                    return self.park(session, request, ParkedBecause::Changed).await;
                }
                Err(RemoteError::NotConnected(_) | RemoteError::SignInNeeded) => {
                    return Ok(Went::Stop);
                }
                Ok(Holds::Unclear) => return self.look_again(session, request, None).await,
                Err(error) => return self.look_again(session, request, Some(error)).await,
            }
        }
        if request.expires_at.is_some_and(|then| then <= now) {
            return self.park(session, request, ParkedBecause::Expired).await;
        }
        let Some(write) = write_of(&request) else {
            // It must not keep the others waiting.
            tracing::error!(id = %request.id, "a request that is kept cannot be read");
            return self.park(session, request, ParkedBecause::Unusable).await;
        };
        let Ok(remote) = session.online() else {
            return Ok(Went::Stop);
        };
        // On disk before it leaves: whatever happens now, it is looked for before it is sent again.
        request.attempts += 1;
        request.may_have_arrived = true;
        request.in_doubt_since = Some(now);
        request.state = RequestState::Sending;
        session.own.put_request(request.clone()).await?;
        let answer = remote.write(write).await;
        let chance = self.clock.new_id().as_bytes()[0];
        match after_attempt(&request, &answer, self.clock.now(), chance) {
            Step::Done => {
                session.note_answer();
                let body = answer.map(|written| written.body).unwrap_or_default();
                let resource = serde_json::from_slice(&body).unwrap_or_default();
                self.done(session, &request, resource).await
            }
            Step::Later {
                not_before,
                may_have_arrived,
            } => {
                request.may_have_arrived = may_have_arrived;
                self.wait(session, request, not_before).await
            }
            Step::NotNow => {
                if let Err(error) = &answer {
                    session.note_failure(error);
                }
                request.may_have_arrived = false;
                request.state = RequestState::Waiting { not_before: None };
                session.own.put_request(request).await?;
                Ok(Went::Stop)
            }
            Step::Compare(because) => match self.held_of(session, &request).await {
                Ok(Holds::Asked(resource)) => self.done(session, &request, resource).await,
                Ok(Holds::Other(resource)) => {
                    // The patient decides on what there is now.
                    self.mirror(session, &resource).await?;
                    self.park(session, request, because).await
                }
                Ok(Holds::Before) => {
                    if because == ParkedBecause::AlreadyAsked {
                        self.mirror_others(session, &request).await?;
                    }
                    self.park(session, request, because).await
                }
                Ok(Holds::Unclear) => self.look_again(session, request, None).await,
                Err(RemoteError::NotConnected(_) | RemoteError::SignInNeeded) => {
                    let then = self.clock.now() + SETTLED_AFTER;
                    self.wait(session, request, then).await
                }
                Err(error) => self.look_again(session, request, Some(error)).await,
            },
            Step::Park(because) => self.park(session, request, because).await,
        }
    }

    /// After a look that did not say what became of a request: another one later, or the patient is
    /// told that it cannot be found out.
    async fn look_again(
        &self,
        session: &OpenSession<D, B>,
        request: StoredRequest,
        look: Option<RemoteError>,
    ) -> Result<Went, Error> {
        match after_unclear_look(&request, look.as_ref(), self.clock.now()) {
            Step::Later { not_before, .. } => self.wait(session, request, not_before).await,
            _ => {
                let because = ParkedBecause::NotFoundOut;
                self.park(session, request, because).await
            }
        }
    }

    /// What the patient was told cannot be found out may show after all: then they need not ask
    /// anybody any more. It is never sent again, because they may have asked by now.
    async fn look_once_more(
        &self,
        session: &OpenSession<D, B>,
        request: &StoredRequest,
    ) -> Result<Went, Error> {
        match self.held_of(session, request).await {
            Ok(Holds::Asked(resource)) => return self.done(session, request, resource).await,
            Ok(Holds::Other(resource)) => {
                self.mirror(session, &resource).await?;
            }
            Ok(Holds::Before | Holds::Unclear) | Err(_) => {}
        }
        Ok(parked(request))
    }

    async fn wait(
        &self,
        session: &OpenSession<D, B>,
        mut request: StoredRequest,
        not_before: DateTime<Utc>,
    ) -> Result<Went, Error> {
        request.state = RequestState::Waiting {
            not_before: Some(not_before),
        };
        session.own.put_request(request).await?;
        Ok(Went::Stays)
    }

    async fn park(
        &self,
        session: &OpenSession<D, B>,
        mut request: StoredRequest,
        because: ParkedBecause,
    ) -> Result<Went, Error> {
        // Nobody needs to be asked whether a message that was changed counts as read.
        if request.kind == RequestKind::MarkRead {
            return self.close(session, request).await;
        }
        request.may_have_arrived = false;
        request.state = RequestState::Parked(because);
        let went = parked(&request);
        session.own.put_request(request).await?;
        Ok(went)
    }

    /// The server holds it: the mirror is written first, then the request is closed. Closing again
    /// changes nothing.
    async fn done(
        &self,
        session: &OpenSession<D, B>,
        request: &StoredRequest,
        resource: Value,
    ) -> Result<Went, Error> {
        let look = self.mirror(session, &resource).await?;
        // What the patient asked for is no news to them.
        session.cache.apply(look.into_iter().collect()).await?;
        self.close(session, request.clone()).await
    }

    /// Keeps what the server was seen to hold, so that it is shown; answers a look at it.
    async fn mirror(
        &self,
        session: &OpenSession<D, B>,
        resource: &Value,
    ) -> Result<Option<SyncAction>, Error> {
        let unit = match resource["resourceType"].as_str() {
            Some("Appointment") => SyncUnit::Appointments,
            Some("Task") => SyncUnit::Repeats,
            _ => return Ok(None),
        };
        if let Ok(page) = read_page(resource.to_string().as_bytes()) {
            let identity = session.identity();
            let plan = plan_page(
                &page,
                &identity.source,
                unit,
                identity.whose(),
                &mut Members::new(),
                self.next_run(session).await?,
                self.clock.now(),
            );
            let look = plan.look(unit, self.clock.now());
            session.cache.apply(plan.actions).await?;
            return Ok(Some(look));
        }
        Ok(None)
    }

    /// Keeps what there is already of what was asked for again, so that the patient sees its own date
    /// and state. Without an answer the next check reads it.
    async fn mirror_others(
        &self,
        session: &OpenSession<D, B>,
        request: &StoredRequest,
    ) -> Result<(), Error> {
        let (patient, focus) = (encode(&request.patient_id), encode(&request.subject));
        let fetch = Fetch {
            target: Target::Path(format!("Task?patient={patient}&focus={focus}&_count=100")),
            if_none_match: None,
        };
        let Ok(remote) = session.online() else {
            return Ok(());
        };
        let Ok(fetched) = remote.fetch(fetch).await else {
            return Ok(());
        };
        let Ok(page) = read_page(&fetched.body) else {
            return Ok(());
        };
        for entry in page.entries {
            let resource = serde_json::from_str(entry.raw.get()).unwrap_or_default();
            self.mirror(session, &resource).await?;
        }
        Ok(())
    }

    async fn close(
        &self,
        session: &OpenSession<D, B>,
        mut request: StoredRequest,
    ) -> Result<Went, Error> {
        request.may_have_arrived = true;
        request.state = RequestState::Done;
        session.own.put_request(request).await?;
        Ok(Went::Done)
    }

    /// Reads what the server holds of a request.
    async fn held_of(
        &self,
        session: &OpenSession<D, B>,
        request: &StoredRequest,
    ) -> Result<Holds, RemoteError> {
        let remote = session.online().map_err(|_| RemoteError::SignInNeeded)?;
        let (mut target, resource_type) = match &request.form {
            RequestForm::Change { .. } => (Target::Path(request.subject.clone()), String::new()),
            RequestForm::Create { body } => {
                let body: Value = serde_json::from_str(body).unwrap_or_default();
                let resource_type = body["resourceType"].as_str().unwrap_or_default().to_owned();
                let search = format!(
                    "{resource_type}?patient={}&identifier={}%7C{}",
                    encode(&request.patient_id),
                    encode(ID_SYSTEM),
                    request.id,
                );
                (Target::Path(search), resource_type)
            }
        };
        let mut followed = HashSet::new();
        let mut is_whole = true;
        let mut counted = Counted::default();
        loop {
            let fetch = Fetch {
                target,
                if_none_match: None,
            };
            let fetched = remote
                .fetch(fetch)
                .await
                .inspect_err(|error| session.note_failure(error))?;
            let Ok(page) = read_page(&fetched.body) else {
                return Ok(Holds::Unclear);
            };
            counted.add(&page);
            let has_warnings = page
                .issues
                .iter()
                .any(|issue| issue.severity.as_deref() != Some("information"));
            is_whole &= fetched.status != PARTIAL && page.skipped.is_empty() && !has_warnings;
            for entry in &page.entries {
                let resource: Value = serde_json::from_str(entry.raw.get()).unwrap_or_default();
                if let RequestForm::Change { version, .. } = &request.form {
                    let subject = format!("{}/{}", entry.resource_type, entry.id);
                    if subject != request.subject {
                        return Ok(Holds::Unclear);
                    }
                    return Ok(if holds(request, &resource) {
                        Holds::Asked(resource)
                    } else if entry.version == *version {
                        Holds::Before
                    } else {
                        Holds::Other(resource)
                    });
                }
                if entry.resource_type == resource_type && holds(request, &resource) {
                    return Ok(Holds::Asked(resource));
                }
            }
            match page.next {
                None if is_whole
                    && !counted.is_short()
                    && matches!(request.form, RequestForm::Create { .. }) =>
                {
                    return Ok(Holds::Before);
                }
                None => return Ok(Holds::Unclear),
                Some(next) if followed.len() < MOST_PAGES && followed.insert(next.clone()) => {
                    target = Target::Next(next);
                }
                Some(_) => return Ok(Holds::Unclear),
            }
        }
    }
}

/// A change that waits for the patient keeps later ones of the same thing waiting. What was to be
/// made and was refused is in nobody's way.
fn parked(request: &StoredRequest) -> Went {
    match request.form {
        RequestForm::Change { .. } => Went::Stays,
        RequestForm::Create { .. } => Went::Done,
    }
}

/// The request as it goes over the network.
fn write_of(request: &StoredRequest) -> Option<Write> {
    let (method, path, body, if_match, if_none_exist) = match &request.form {
        RequestForm::Create { body } => {
            let parsed: Value = serde_json::from_str(body).ok()?;
            let path = parsed["resourceType"].as_str()?.to_owned();
            let condition = format!("identifier={ID_SYSTEM}|{}", request.id);
            ("POST", path, body.clone(), None, Some(condition))
        }
        RequestForm::Change {
            base,
            version,
            fields,
        } => {
            let body = changed(base, fields)?.to_string();
            let if_match = version.as_ref().map(|version| format!("W/\"{version}\""));
            ("PUT", request.subject.clone(), body, if_match, None)
        }
    };
    Some(Write {
        method,
        path,
        content_type: "application/fhir+json",
        body,
        request_id: request.request_id,
        if_match,
        if_none_exist,
    })
}
