//! What the patient confirms, and what they decide of what waits.

use chrono::{DateTime, SecondsFormat, Utc};
use hale_contracts::outbox::{
    CANCEL_REASON_MAX, CancelAppointmentRequest, MessageReplyRequest, PendingRequestId,
    PendingRequestView, RequestOutcomeView,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::{is_done, outcome, pending};
use crate::app::{Hale, OpenSession};
use crate::appointments::ID_SYSTEM;
use crate::error::Error;
use crate::ports::{
    Backends, Cache, Clock, Device, Fetch, Outbox, ParkedBecause, Remote, RequestForm, RequestKind,
    RequestState, ResourceKey, StoredRequest, Target,
};

/// Something that the patient confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Made once.
    pub(crate) id: Uuid,
    pub(crate) kind: RequestKind,
    /// What it is about.
    pub(crate) subject: String,
    pub(crate) form: RequestForm,
    /// After this it makes no sense any more.
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Cancels an appointment, now or when the server can be reached, until its start. Asked again
    /// while it waits, it is the same request.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such appointment, [`Error::InvalidRequest`] if it is over
    /// or cancelled, or nobody is signed in, or this device cannot keep the request, in which case
    /// nothing was sent.
    pub async fn cancel_appointment(
        &self,
        request: CancelAppointmentRequest,
    ) -> Result<RequestOutcomeView, Error> {
        let session = self.session()?;
        let subject = format!("Appointment/{}", request.appointment_id);
        let waiting = session.own.requests().await?;
        let is_open = |one: &&StoredRequest| one.subject == subject && !is_done(one);
        if let Some(waiting) = waiting.iter().find(is_open) {
            return Ok(outcome(waiting));
        }
        let key = ResourceKey {
            source: session.identity().source.clone(),
            resource_type: "Appointment".to_owned(),
            id: request.appointment_id,
        };
        let held = session.cache.get_many(vec![key]).await?;
        let held = held
            .into_iter()
            .find(|row| row.removed_at.is_none())
            .ok_or(Error::NotFound)?;
        let resource: Value = serde_json::from_str(&held.json).map_err(|_| Error::Unreadable)?;
        let start = resource["start"]
            .as_str()
            .and_then(|start| start.parse::<DateTime<Utc>>().ok());
        if !matches!(
            resource["status"].as_str(),
            Some("booked" | "pending" | "proposed" | "waitlist")
        ) {
            return Err(Error::InvalidRequest("it cannot be cancelled any more"));
        }
        if start.is_some_and(|start| start <= self.clock.now()) {
            return Err(Error::InvalidRequest("it has begun"));
        }
        let reason = request.reason.map(|text| text.trim().to_owned());
        if reason
            .as_ref()
            .is_some_and(|text| text.chars().count() > CANCEL_REASON_MAX)
        {
            return Err(Error::InvalidRequest("the reason is too long"));
        }
        let mut why = json!({"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason",
            "code": "pat"}]});
        if let Some(text) = reason.filter(|text| !text.is_empty()) {
            why["text"] = json!(text);
        }
        let fields = json!({"status": "cancelled", "cancelationReason": why});
        let form = RequestForm::Change {
            base: held.json,
            version: held.version,
            fields: fields.to_string(),
        };
        let asked = Asked {
            id: self.clock.new_id(),
            kind: RequestKind::CancelAppointment,
            subject,
            form,
            expires_at: start,
        };
        self.confirm(&session, asked).await
    }

    /// Answers a message (backend contract, §7). Asked twice with the same id it is one answer.
    ///
    /// # Errors
    /// If the request is not well formed, nobody is signed in, or this device cannot keep it.
    pub async fn reply_to_message(
        &self,
        request: MessageReplyRequest,
    ) -> Result<RequestOutcomeView, Error> {
        let session = self.session()?;
        let id = parse(&request.request_id)?;
        let text = request.text.trim();
        if text.is_empty() {
            return Err(Error::InvalidRequest("an answer without words"));
        }
        let patient = format!("Patient/{}", session.identity().patient_id);
        let message = format!("Communication/{}", request.in_response_to);
        let body = json!({
            "resourceType": "Communication",
            "identifier": [{"system": ID_SYSTEM, "value": id}],
            "status": "completed",
            "subject": {"reference": patient},
            "sender": {"reference": patient},
            "recipient": [{"reference": format!("Organization/{}", request.organisation_id)}],
            "inResponseTo": [{"reference": message}],
            "sent": self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true),
            "payload": [{"contentString": text}],
        })
        .to_string();
        let form = RequestForm::Create { body };
        let asked = Asked {
            id,
            kind: RequestKind::MessageReply,
            subject: message,
            form,
            expires_at: None,
        };
        self.confirm(&session, asked).await
    }

    /// Keeps what was confirmed, then tries to send it; says how it stands then.
    pub(crate) async fn confirm(
        &self,
        session: &OpenSession<D, B>,
        asked: Asked,
    ) -> Result<RequestOutcomeView, Error> {
        let id = asked.id;
        self.keep(session, vec![asked]).await?;
        self.send_kept(session, id).await
    }

    /// Keeps what was confirmed on disk, before the network is tried. What is kept already is the
    /// same request.
    pub(crate) async fn keep(
        &self,
        session: &OpenSession<D, B>,
        all: Vec<Asked>,
    ) -> Result<(), Error> {
        let identity = session.identity();
        let kept = session.own.requests().await?;
        let new = |asked: &Asked| !kept.iter().any(|one| one.id == asked.id);
        for asked in all.into_iter().filter(new) {
            let request = StoredRequest {
                id: asked.id,
                request_id: self.clock.new_id(),
                kind: asked.kind,
                source: identity.source.clone(),
                patient_id: identity.patient_id.clone(),
                subject: asked.subject,
                form: asked.form,
                confirmed_at: self.clock.now(),
                expires_at: asked.expires_at,
                attempts: 0,
                may_have_arrived: false,
                in_doubt_since: None,
                state: RequestState::Waiting { not_before: None },
            };
            session.own.put_request(request).await?;
        }
        Ok(())
    }

    /// Tries to send what waits, and says how this request stands then. It is on this device: whatever
    /// fails from here on, it stands as it is kept.
    pub(crate) async fn send_kept(
        &self,
        session: &OpenSession<D, B>,
        id: Uuid,
    ) -> Result<RequestOutcomeView, Error> {
        if let Err(error) = self.send_outbox(session).await {
            tracing::warn!(%error, "sending what waits failed");
        }
        let all = session.own.requests().await?;
        let kept = all.iter().find(|one| one.id == id);
        kept.map(outcome).ok_or(Error::NotFound)
    }

    /// Everything that the server has not acknowledged, oldest first.
    ///
    /// # Errors
    /// If nobody is signed in or the store fails.
    pub async fn pending_requests(&self) -> Result<Vec<PendingRequestView>, Error> {
        let session = self.session()?;
        let all = session.own.requests().await?;
        Ok(all
            .iter()
            .filter(|one| !is_done(one))
            .map(pending)
            .collect())
    }

    /// Takes a request back that was not sent, or that the server did not carry out.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is done or gone, [`Error::InvalidRequest`] if it may have been
    /// sent, or nobody is signed in, or the store fails.
    pub async fn undo_request(&self, request: PendingRequestId) -> Result<(), Error> {
        let session = self.session()?;
        // While it is being sent nobody knows whether it can be taken back.
        let _guard = session.sending.lock().await;
        let held = find(&session, &request).await?;
        if !pending(&held).can_undo {
            return Err(Error::InvalidRequest("it may have been sent already"));
        }
        session.own.forget_request(held.id).await?;
        Ok(())
    }

    /// The patient has seen what somebody else changed meanwhile, and wants theirs all the same: it
    /// is made anew of what the server holds now, and sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is done or gone, [`Error::InvalidRequest`] if it does not wait for
    /// that, or the server does not answer, or nobody is signed in, or the store fails.
    pub async fn send_request_again(
        &self,
        request: PendingRequestId,
    ) -> Result<RequestOutcomeView, Error> {
        let session = self.session()?;
        // Not while it is sent or taken back.
        let sending = session.sending.lock().await;
        let mut held = find(&session, &request).await?;
        let RequestForm::Change { fields, .. } = &held.form else {
            return Err(Error::InvalidRequest("it does not wait for that"));
        };
        if held.state != RequestState::Parked(ParkedBecause::Changed) {
            return Err(Error::InvalidRequest("it does not wait for that"));
        }
        let fetch = Fetch {
            target: Target::Path(held.subject.clone()),
            if_none_match: None,
        };
        let fetched = session.online()?.fetch(fetch).await?;
        let now: Value = serde_json::from_slice(&fetched.body).map_err(|_| Error::Unreadable)?;
        let place = [&now["resourceType"], &now["id"]].map(|part| part.as_str().unwrap_or("?"));
        if place.join("/") != held.subject {
            return Err(Error::Unreadable);
        }
        held.form = RequestForm::Change {
            base: now.to_string(),
            version: now["meta"]["versionId"].as_str().map(ToOwned::to_owned),
            fields: fields.clone(),
        };
        held.request_id = self.clock.new_id();
        held.state = RequestState::Waiting { not_before: None };
        let id = held.id;
        session.own.put_request(held).await?;
        drop(sending);
        self.send_kept(&session, id).await
    }
}

async fn find<C, O: Outbox, R>(
    session: &crate::app::Session<C, O, R>,
    request: &PendingRequestId,
) -> Result<StoredRequest, Error> {
    let id = parse(&request.id)?;
    let all = session.own.requests().await?;
    all.into_iter()
        .find(|one| one.id == id && !is_done(one))
        .ok_or(Error::NotFound)
}

/// The id that a window gives a request.
pub(crate) fn parse(id: &str) -> Result<Uuid, Error> {
    Uuid::parse_str(id).map_err(|_| Error::InvalidRequest("not a request's id"))
}
