//! What is said while another time is booked in the place of an appointment: that one stays until the
//! practice has agreed to the new one.

use hale_contracts::appointments::{AppointmentRequest, AppointmentStatus, AppointmentView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::START;
use super::flow::BookingFlow;
use crate::appointments::card::appointment_href;
use crate::appointments::words;
use crate::components::{Button, ButtonKind, InsetText};
use crate::ipc;
use crate::state::Loadable;
use crate::wording::{Lang, lang, td_string};

/// Leads from an appointment to another time for it.
#[component]
pub(crate) fn ChangeTime(
    /// Which.
    appointment: AppointmentView,
) -> impl IntoView {
    let flow = BookingFlow::expect();
    let navigate = use_navigate();
    let change = move |_| {
        flow.replaces.set(Some(appointment.clone()));
        navigate(START, NavigateOptions::default());
    };
    view! {
        <Button id="change-time" kind=ButtonKind::Secondary on_click=change>
            {td_string!(lang(), appointments.replacing.start)}
        </Button>
    }
}

/// On the way: which appointment the new one takes the place of.
#[component]
pub(crate) fn ReplacingNote() -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    move || {
        flow.replaces.get().map(|before| {
            let when = words::appointment_when(lang, &before);
            view! {
                <InsetText>
                    <p id="replacing">{td_string!(lang, appointments.replacing.note, when)}</p>
                </InsetText>
            }
        })
    }
}

/// What became of the appointment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Cancelled,
    /// Its cancellation waits, or was refused.
    Asked,
    /// Nothing was done to it.
    Kept,
}

fn before(appointment: &AppointmentView) -> Before {
    if appointment.status == AppointmentStatus::Cancelled {
        Before::Cancelled
    } else if appointment.pending.is_some() {
        Before::Asked
    } else {
        Before::Kept
    }
}

fn said(lang: Lang, before: Before, when: String) -> String {
    match before {
        Before::Cancelled => td_string!(lang, appointments.replacing.cancelled, when),
        Before::Asked => td_string!(lang, appointments.replacing.asked, when),
        Before::Kept => td_string!(lang, appointments.replacing.kept, when),
    }
}

/// Once the new one is there: what became of the one before.
#[component]
pub(crate) fn Replaced() -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let old = flow.replaces.get_untracked()?;
    let (id, href) = (old.id.clone(), appointment_href(&old));
    let now = Loadable::synced(move || ipc::get_appointment(AppointmentRequest { id: id.clone() }));
    let text = move || {
        now.get().map(|appointment| {
            let when = words::appointment_when(lang, &appointment);
            said(lang, before(&appointment), when)
        })
    };
    Some(view! {
        <h2 class="nhsuk-heading-m">{td_string!(lang, appointments.replacing.heading)}</h2>
        <p id="replaced" role="status">{text}</p>
        <p>
            <a href=href id="see-replaced">{td_string!(lang, appointments.replacing.see)}</a>
        </p>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cancelled_appointment_is_called_cancelled() {
        let words = [Before::Cancelled, Before::Asked, Before::Kept]
            .map(|before| said(Lang::en, before, "Monday".to_owned()));
        assert!(words[0].contains("is cancelled"));
        assert!(!words[1].contains("is cancelled") && !words[2].contains("is cancelled"));
        assert!(words.iter().all(|words| words.contains("Monday")));
    }
}
