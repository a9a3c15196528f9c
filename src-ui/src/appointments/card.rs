//! One appointment in a list.

use hale_contracts::appointments::{AppointmentStatus, AppointmentView};
use leptos::prelude::*;
use leptos_router::location::Url;

use super::cancel::PendingTag;
use super::words;
use crate::components::{ChangeTag, RemovedLine, Tag, TagColour};
use crate::wording::{self, lang, td_string};

/// The address of an appointment's page. Only an id of this device stands in it.
pub(crate) fn appointment_href(appointment: &AppointmentView) -> String {
    format!("/appointments/{}", Url::escape(&appointment.id))
}

/// An appointment as an entry of a list.
#[component]
pub(crate) fn AppointmentCard(
    /// The appointment.
    appointment: AppointmentView,
    /// The id of the link to its page.
    #[prop(into)]
    link_id: String,
    /// Whether it is the next one.
    #[prop(optional)]
    is_next: bool,
) -> impl IntoView {
    let lang = lang();
    let facts = [
        appointment.service.clone(),
        appointment
            .channel
            .map(|channel| wording::channel(lang, channel).to_owned()),
        words::who(
            appointment.clinician.as_deref(),
            appointment.role.as_deref(),
        ),
        appointment.location.clone(),
        // The practice's own go without: they are what people expect here.
        appointment
            .is_read_only
            .then(|| appointment.provenance.source.name.clone()),
    ];
    let source = appointment.provenance.source.name.clone();
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    view! {
        <li class="hale-item">
            <h3 class="nhsuk-heading-s hale-item__title">
                <a href=appointment_href(&appointment) id=link_id>
                    {words::appointment_when(lang, &appointment)}
                </a>
            </h3>
            <p class="hale-item__tags">
                {is_next
                    .then(|| {
                        view! {
                            <Tag text=td_string!(lang, appointments.next_tag) colour=TagColour::Blue />
                        }
                    })}
                {appointment.change.as_ref().map(|change| view! { <ChangeTag kind=change.kind /> })}
                <StatusTag status=appointment.status />
                {appointment.pending.as_ref().map(|pending| view! { <PendingTag state=pending.state.clone() /> })}
            </p>
            {appointment.change.map(|change| view! { <RemovedLine change source /> })}
            {(!facts.is_empty()).then(|| view! { <p class="hale-item__line">{facts}</p> })}
        </li>
    }
}

/// Where an appointment stands, in words.
#[component]
pub(crate) fn StatusTag(
    /// The status.
    status: AppointmentStatus,
) -> impl IntoView {
    view! { <Tag text=wording::appointment_status(lang(), status) colour=colour(status) /> }
}

/// Whether the patient can go without asking or waiting for anything.
pub(crate) const fn is_plainly_booked(status: AppointmentStatus) -> bool {
    matches!(
        status,
        AppointmentStatus::Booked | AppointmentStatus::Arrived | AppointmentStatus::CheckedIn
    )
}

fn colour(status: AppointmentStatus) -> TagColour {
    match status {
        AppointmentStatus::Booked | AppointmentStatus::Arrived | AppointmentStatus::CheckedIn => {
            TagColour::Green
        }
        AppointmentStatus::Proposed
        | AppointmentStatus::Pending
        | AppointmentStatus::Waitlist
        | AppointmentStatus::Unknown => TagColour::Yellow,
        AppointmentStatus::Fulfilled => TagColour::Grey,
        AppointmentStatus::Cancelled
        | AppointmentStatus::NoShow
        | AppointmentStatus::NoLongerListed => TagColour::Red,
    }
}
