//! One appointment: what to do, all facts, how to cancel, and where it came from.

use hale_contracts::appointments::{
    AppointmentRequest, AppointmentStatus, AppointmentView, Channel,
};
use hale_contracts::time::LondonTime;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::booking::{ChangeTime, START};
use super::calendar::AddToCalendar;
use super::cancel::{Asking, CancelPanel, PendingCancellation, PendingTag};
use super::card::StatusTag;
use super::facts::AppointmentFacts;
use super::words;
use crate::components::{InsetText, Loaded, Page, ProvenanceList, WarningCallout};
use crate::help::PracticeContact;
use crate::ipc;
use crate::state::{self, Loadable};
use crate::wording::{Lang, lang, london_today, td_string};

/// The appointment that the address names.
#[component]
pub(crate) fn AppointmentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    move || view! { <Appointment id=id.get() /> }
}

#[component]
fn Appointment(id: String) -> impl IntoView {
    let lang = lang();
    let asking = Asking::new();
    let data =
        Loadable::synced(move || ipc::get_appointment(AppointmentRequest { id: id.clone() }));
    let checked = Signal::derive(move || {
        data.get()
            .and_then(|appointment| appointment.provenance.last_checked)
    });
    let title = Signal::derive(move || match data.get() {
        Some(appointment) => words::appointment_when(lang, &appointment),
        None => td_string!(lang, appointments.detail.title).to_owned(),
    });
    view! {
        <Page
            title
            back="/appointments"
            back_text=td_string!(lang, appointments.back)
        >
            <Loaded
                data
                what=td_string!(lang, appointments.problem.detail)
                content=state::content::appointment
                children=move |appointment: AppointmentView| {
                    view! { <Content appointment checked asking /> }
                }
            />
        </Page>
    }
}

/// What an appointment's page must lead with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// The patient should come, or be reachable.
    Coming,
    /// It is over.
    Over,
    /// It is off.
    Off,
    /// It is not agreed.
    NotAgreed,
    /// The practice does not list it any more.
    NoLongerListed,
    /// Hale does not know.
    Unknown,
}

/// Whether it may still take place.
fn is_ahead(stand: Stand) -> bool {
    matches!(stand, Stand::Coming | Stand::NotAgreed | Stand::Unknown)
}

fn stand(appointment: &AppointmentView) -> Stand {
    let is_past = appointment
        .start
        .is_some_and(|start| start.local.date() < london_today());
    match appointment.status {
        AppointmentStatus::Cancelled => Stand::Off,
        AppointmentStatus::Fulfilled | AppointmentStatus::NoShow => Stand::Over,
        _ if is_past => Stand::Over,
        AppointmentStatus::Proposed | AppointmentStatus::Pending | AppointmentStatus::Waitlist => {
            Stand::NotAgreed
        }
        AppointmentStatus::NoLongerListed => Stand::NoLongerListed,
        AppointmentStatus::Unknown => Stand::Unknown,
        AppointmentStatus::Booked | AppointmentStatus::Arrived | AppointmentStatus::CheckedIn => {
            Stand::Coming
        }
    }
}

#[component]
fn Content(
    appointment: AppointmentView,
    checked: Signal<Option<LondonTime>>,
    asking: Asking,
) -> impl IntoView {
    let lang = lang();
    let stand = stand(&appointment);
    view! {
        <p class="hale-item__tags">
            <StatusTag status=appointment.status />
            {appointment.pending.as_ref().map(|pending| view! { <PendingTag state=pending.state.clone() /> })}
        </p>
        {appointment.pending.clone().map(|pending| view! { <PendingCancellation pending /> })}
        {lead(lang, stand)}
        {appointment
            .instructions
            .clone()
            .map(|instructions| {
                view! {
                    <h2 class="nhsuk-heading-m">
                        {td_string!(lang, appointments.detail.instructions_heading)}
                    </h2>
                    <InsetText>
                        <p class="hale-as-written">{instructions}</p>
                    </InsetText>
                }
            })}
        {(stand == Stand::Coming)
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m">
                        {td_string!(lang, appointments.detail.what_to_do_heading)}
                    </h2>
                    <p id="what-to-do">{what_to_do(lang, &appointment)}</p>
                }
            })}
        <h2 class="nhsuk-heading-m">{td_string!(lang, appointments.detail.facts_heading)}</h2>
        <AppointmentFacts appointment=appointment.clone() />
        {(stand == Stand::Coming && appointment.start.is_some() && appointment.pending.is_none())
            .then(|| view! { <AddToCalendar appointment=appointment.clone() /> })}
        {(stand == Stand::NoLongerListed)
            .then_some(move || view! { <PracticeContact practice=state::practice() /> })}
        {(is_ahead(stand) && appointment.is_read_only)
            .then(|| {
                let name = appointment.provenance.source.name.clone();
                view! {
                    <InsetText>
                        <p id="managed-elsewhere">
                            {td_string!(lang, appointments.detail.managed_elsewhere, who = name)}
                        </p>
                    </InsetText>
                }
            })}
        {(is_ahead(stand) && !appointment.is_read_only)
            .then(|| {
                view! {
                    <h2 class="nhsuk-heading-m" id="how-to-cancel">
                        {td_string!(lang, appointments.detail.cancel_heading)}
                    </h2>
                    {can_cancel(&appointment)
                        .then(|| view! { <ChangeTime appointment=appointment.clone() /> })}
                    {can_cancel(&appointment)
                        .then(|| view! { <CancelPanel appointment=appointment.clone() asking /> })}
                    <p>{td_string!(lang, appointments.detail.cancel)}</p>
                    {move || view! { <PracticeContact practice=state::practice() /> }}
                }
            })}
        <ProvenanceList checked provenance=appointment.provenance />
    }
}

/// Whether a cancellation can be asked for here: not of what has ended, and not twice.
fn can_cancel(appointment: &AppointmentView) -> bool {
    appointment.status.can_be_cancelled() && appointment.pending.is_none()
}

fn lead(lang: Lang, stand: Stand) -> AnyView {
    let callout = |heading: &'static str, text: &'static str| {
        view! {
            <WarningCallout heading>
                <p>{text}</p>
            </WarningCallout>
        }
        .into_any()
    };
    match stand {
        Stand::Coming => ().into_any(),
        Stand::Over => view! { <p>{td_string!(lang, appointments.detail.past)}</p> }.into_any(),
        Stand::NotAgreed => callout(
            td_string!(lang, appointments.detail.pending_title),
            td_string!(lang, appointments.detail.pending),
        ),
        Stand::NoLongerListed => callout(
            td_string!(lang, appointments.detail.not_listed_title),
            td_string!(lang, appointments.detail.not_listed),
        ),
        Stand::Unknown => callout(
            td_string!(lang, appointments.detail.unknown_title),
            td_string!(lang, appointments.detail.unknown),
        ),
        Stand::Off => view! {
            <WarningCallout heading=td_string!(lang, appointments.detail.cancelled_title)>
                <p>{td_string!(lang, appointments.detail.cancelled)}</p>
                <p>
                    <a href=START>{td_string!(lang, appointments.detail.cancelled_book)}</a>
                </p>
            </WarningCallout>
        }
        .into_any(),
    }
}

/// What the patient has to do at the time, by how they meet.
pub(crate) fn what_to_do(lang: Lang, appointment: &AppointmentView) -> String {
    let place = appointment
        .address
        .as_deref()
        .or(appointment.location.as_deref());
    match (appointment.channel, place) {
        (Some(Channel::InPerson), Some(place)) => {
            td_string!(lang, appointments.detail.in_person, place)
        }
        (Some(Channel::InPerson), None) => {
            td_string!(lang, appointments.detail.in_person_no_place).to_owned()
        }
        (Some(Channel::Telephone), _) => td_string!(lang, appointments.detail.telephone).to_owned(),
        (Some(Channel::Video), _) => td_string!(lang, appointments.detail.video).to_owned(),
        (None, _) => td_string!(lang, appointments.detail.channel_unknown).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;

    #[test]
    fn a_patient_is_never_sent_to_an_appointment_that_is_off_or_not_agreed() {
        let mut appointment = samples::appointment("x");
        for (status, expected) in [
            (AppointmentStatus::Cancelled, Stand::Off),
            (AppointmentStatus::Pending, Stand::NotAgreed),
            (AppointmentStatus::Proposed, Stand::NotAgreed),
            (AppointmentStatus::Waitlist, Stand::NotAgreed),
            (AppointmentStatus::Unknown, Stand::Unknown),
            (AppointmentStatus::NoLongerListed, Stand::NoLongerListed),
            (AppointmentStatus::Fulfilled, Stand::Over),
        ] {
            appointment.status = status;
            appointment.start = None;
            assert_eq!(stand(&appointment), expected, "{status:?}");
        }
    }

    #[test]
    fn an_appointment_that_the_source_does_not_place_is_not_guessed_at() {
        let mut appointment = samples::appointment("x");
        appointment.channel = None;
        assert_eq!(
            what_to_do(Lang::en, &appointment),
            td_string!(Lang::en, appointments.detail.channel_unknown)
        );
        appointment.channel = Some(Channel::InPerson);
        assert!(what_to_do(Lang::en, &appointment).contains("1 Quay Street"));
    }
}
