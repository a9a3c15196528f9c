//! Free times, and where writing is allowed a booking: made once, found again, and not made twice.

use chrono::{Days, Utc};
use hale_contracts::appointments::{
    BookAppointmentRequest, BookingOutcomeView, Channel, FindSlotsRequest, SlotView,
};
use hale_core::ports::{Remote, Target, Write};
use serde_json::Value;
use uuid::Uuid;

use crate::asks::{self, ID_SYSTEM};
use crate::journey::{App, why};
use crate::table::{Table, Verdict};
use crate::watched::Connection;

/// Looks for free times, and books one if that is allowed.
pub(crate) async fn free_times_and_booking(
    app: &App,
    connection: &Connection,
    may_write: bool,
    table: &mut Table,
) {
    let slot = free_time(app, table).await;
    let Some(slot) = slot.filter(|_| may_write) else {
        let words = if may_write {
            "there is no free time"
        } else {
            "only with --write, on a server that is for testing"
        };
        table.row("booking", Verdict::NotTried, words);
        table.row("conditional create", Verdict::NotTried, words);
        return;
    };
    let id = Uuid::new_v4();
    if booked(app, &slot, id, table).await {
        made_once(connection, id, table).await;
    } else {
        table.row(
            "conditional create",
            Verdict::NotTried,
            "nothing was booked",
        );
    }
}

/// The first free time of two weeks.
async fn free_time(app: &App, table: &mut Table) -> Option<SlotView> {
    let request = FindSlotsRequest {
        from: Utc::now().date_naive() + Days::new(1),
        days: 14,
        channel: None,
        clinician: None,
        service: None,
    };
    match app.find_slots(request).await {
        Ok(found) if found.slots.is_empty() => {
            table.row(
                "free times",
                Verdict::Lacking,
                "none that the person's own practice is known to offer",
            );
            None
        }
        Ok(found) => {
            let words = format!("{} in the next two weeks", found.slots.len());
            table.row("free times", Verdict::Good, words);
            found.slots.into_iter().next()
        }
        Err(error) => {
            table.row("free times", Verdict::Lacking, why(&error));
            None
        }
    }
}

/// Books as a patient does.
async fn booked(app: &App, slot: &SlotView, id: Uuid, table: &mut Table) -> bool {
    let is_by_phone = slot.channel == Some(Channel::Telephone);
    let request = BookAppointmentRequest {
        booking_id: id.to_string(),
        slot_id: slot.id.clone(),
        reason: Some("A test of this server".to_owned()),
        // A number that is never given out.
        phone: is_by_phone.then(|| "07700 900123".to_owned()),
        replaces: None,
    };
    let step = "booking";
    match app.book_appointment(request).await {
        Ok(BookingOutcomeView::Booked { .. }) => {
            table.row(
                step,
                Verdict::Good,
                "booked, and shown as the server holds it",
            );
            return true;
        }
        Ok(BookingOutcomeView::OutcomeUnknown { .. }) => {
            table.row(
                step,
                Verdict::Failed,
                "sent, and the server does not show it",
            );
        }
        Ok(_) => table.row(step, Verdict::Failed, "the server did not make it"),
        Err(error) => table.row(step, Verdict::Failed, why(&error)),
    }
    false
}

/// Sends the same again under the same identifier: there must be one all the same.
async fn made_once(connection: &Connection, id: Uuid, table: &mut Table) {
    let step = "conditional create";
    let held = match held(connection, id).await {
        Ok(held) => held,
        Err(words) => {
            table.row(step, Verdict::Failed, words);
            return;
        }
    };
    let [only] = held.as_slice() else {
        table.row(
            step,
            Verdict::Failed,
            format_args!("the booking stands {} times on the server", held.len()),
        );
        return;
    };
    let mut body = only.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("id");
        fields.remove("meta");
    }
    let write = Write {
        method: "POST",
        path: "Appointment".to_owned(),
        content_type: "application/fhir+json",
        body: body.to_string(),
        request_id: Uuid::new_v4(),
        if_match: None,
        if_none_exist: Some(format!("identifier={ID_SYSTEM}|{id}")),
    };
    // Refused is as good as answered with the one that is there.
    drop(connection.remote.write(write).await);
    match self::held(connection, id).await {
        Ok(held) if held.len() == 1 => {
            table.row(step, Verdict::Good, "sent twice, it stands there once");
        }
        Ok(held) => table.row(
            step,
            Verdict::Failed,
            format_args!("sent twice, it stands there {} times", held.len()),
        ),
        Err(words) => table.row(step, Verdict::Failed, words),
    }
}

/// The appointments of the first page that carry an id.
async fn held(connection: &Connection, id: Uuid) -> Result<Vec<Value>, String> {
    let path = asks::by_identifier(connection, id);
    let page = asks::page(connection, Target::Path(path)).await?;
    let id = id.to_string();
    Ok(page
        .entries
        .iter()
        .filter(|entry| entry.resource_type == "Appointment" && entry.raw.get().contains(&id))
        .filter_map(|entry| serde_json::from_str(entry.raw.get()).ok())
        .collect())
}
