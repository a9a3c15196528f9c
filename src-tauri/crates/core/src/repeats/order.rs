//! Ordering repeats, and taking an order back.

use hale_contracts::outbox::{RepeatOrderRequest, RequestOutcomeView};
use hale_contracts::repeats::{
    MOST_ORDERS, NOTE_MAX, OrderOutcomeView, OrderRepeatsRequest, OrdersOutcomeView,
    RepeatRequestRequest,
};
use serde_json::{Value, json};

use super::{pharmacies, view};
use crate::app::{Hale, OpenSession};
use crate::error::Error;
use crate::outbox::{Asked, is_done, outcome, parse};
use crate::ports::{
    Backends, Cache, Clock, Device, Outbox, RequestForm, RequestKind, ResourceKey, StoredRequest,
};

impl<D: Device, B: Backends, K: Clock> Hale<D, B, K> {
    /// Orders repeat medicines, one request each (backend contract, §4): all of them are kept on the
    /// device before the first is sent. Asked twice with the same ids they are the same orders.
    ///
    /// What speaks against an order is for the practice to say: only its server refuses one.
    ///
    /// # Errors
    /// If a request is not well formed, nobody is signed in, or this device cannot keep them, in which
    /// case none of those that could not be kept is sent.
    pub async fn order_repeats(
        &self,
        request: OrderRepeatsRequest,
    ) -> Result<OrdersOutcomeView, Error> {
        let session = self.session()?;
        if request.orders.is_empty() || request.orders.len() > MOST_ORDERS {
            return Err(Error::InvalidRequest("not a number of orders"));
        }
        let asked: Vec<Asked> = request
            .orders
            .iter()
            .map(|order| self.asked(&session, order))
            .collect::<Result<_, _>>()?;
        let ids: Vec<_> = asked.iter().map(|one| one.id).collect();
        self.keep(&session, asked).await?;
        if let Err(error) = self.send_outbox(&session).await {
            tracing::warn!(%error, "sending what waits failed");
        }
        let kept = session.own.requests().await?;
        let orders = request.orders.into_iter().zip(ids).map(|(order, id)| {
            let request = kept.iter().find(|one| one.id == id);
            Ok(OrderOutcomeView {
                plan_id: order.plan_id,
                outcome: outcome(request.ok_or(Error::NotFound)?),
            })
        });
        Ok(OrdersOutcomeView {
            orders: orders.collect::<Result<_, Error>>()?,
        })
    }

    /// Orders one repeat medicine; see [`Hale::order_repeats`].
    ///
    /// # Errors
    /// Those of [`Hale::order_repeats`].
    pub async fn order_repeat(
        &self,
        request: RepeatOrderRequest,
    ) -> Result<RequestOutcomeView, Error> {
        let orders = vec![request];
        let outcome = self.order_repeats(OrderRepeatsRequest { orders }).await?;
        let first = outcome.orders.into_iter().next();
        first.map(|one| one.outcome).ok_or(Error::NotFound)
    }

    fn asked(
        &self,
        session: &OpenSession<D, B>,
        order: &RepeatOrderRequest,
    ) -> Result<Asked, Error> {
        let id = parse(&order.request_id)?;
        if !is_id(&order.plan_id) {
            return Err(Error::InvalidRequest("not the id of a medicine"));
        }
        let note = order.note.as_deref().map(str::trim);
        let note = note.filter(|note| !note.is_empty());
        if note.is_some_and(|note| note.chars().count() > NOTE_MAX) {
            return Err(Error::InvalidRequest("the note is too long"));
        }
        let pharmacy = order.pharmacy.as_deref();
        if pharmacy.is_some_and(|code| !pharmacies::is_code(code)) {
            return Err(Error::InvalidRequest("not the code of a pharmacy"));
        }
        let identity = session.identity();
        let plan = format!("MedicationRequest/{}", order.plan_id);
        let number = identity.person.nhs_number.as_deref();
        let now = self.clock.now();
        let mut task = view::task(id, &identity.patient_id, number, &plan, note, now);
        if let Some(code) = pharmacy {
            task["input"] = view::preferred_performer(code);
        }
        Ok(Asked {
            id,
            kind: RequestKind::RepeatRequest,
            subject: plan,
            form: RequestForm::Create {
                body: task.to_string(),
            },
            expires_at: None,
        })
    }

    /// Takes back a request that the practice has not taken up, now or when the server can be
    /// reached. Asked again while it waits, it is the same request.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such request, [`Error::InvalidRequest`] if the practice has
    /// taken it up, or nobody is signed in, or this device cannot keep it.
    pub async fn cancel_repeat_request(
        &self,
        request: RepeatRequestRequest,
    ) -> Result<RequestOutcomeView, Error> {
        let session = self.session()?;
        let subject = format!("Task/{}", request.id);
        let waiting = session.own.requests().await?;
        let is_open = |one: &&StoredRequest| one.subject == subject && !is_done(one);
        if let Some(waiting) = waiting.iter().find(is_open) {
            return Ok(outcome(waiting));
        }
        let key = ResourceKey {
            source: session.identity().source.clone(),
            resource_type: "Task".to_owned(),
            id: request.id,
        };
        let held = session.cache.get_many(vec![key]).await?;
        let held = held
            .into_iter()
            .find(|row| row.removed_at.is_none())
            .ok_or(Error::NotFound)?;
        let task: Value = serde_json::from_str(&held.json).map_err(|_| Error::Unreadable)?;
        if task["status"] != "requested" || !view::is_renewal(&task) {
            return Err(Error::InvalidRequest("it cannot be taken back any more"));
        }
        let asked = Asked {
            id: self.clock.new_id(),
            kind: RequestKind::CancelRepeatRequest,
            subject,
            form: RequestForm::Change {
                base: held.json,
                version: held.version,
                fields: json!({"status": "cancelled"}).to_string(),
            },
            expires_at: None,
        };
        self.confirm(&session, asked).await
    }
}

/// Whether this can be the id of a resource (FHIR R4 §2.24.0.1, `id`; some servers have longer ones).
fn is_id(text: &str) -> bool {
    let is_sign = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'.' | b'_');
    !text.is_empty() && text.len() <= 256 && text.bytes().all(is_sign)
}
