//! Taking an appointment into the calendar that the patient uses anyway.

use hale_contracts::appointments::{
    AppointmentView, CalendarFileRequest, CalendarWords, SavedView,
};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, ButtonKind};
use crate::ipc;
use crate::wording::{self, Lang, lang, td_string};

/// Saves an appointment as a calendar file where the patient chooses.
#[component]
pub(crate) fn AddToCalendar(
    /// Which.
    appointment: AppointmentView,
) -> impl IntoView {
    let lang = lang();
    let is_busy = RwSignal::new(false);
    let status = RwSignal::new(String::new());
    let request = CalendarFileRequest {
        id: appointment.id.clone(),
        words: words(lang, &appointment),
    };
    let save = move |_: MouseEvent| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        status.set(String::new());
        let request = request.clone();
        spawn_local(async move {
            let answer = ipc::save_calendar_file(request).await;
            let said = match answer {
                Ok(SavedView::Saved) => td_string!(lang, appointments.calendar.saved).to_owned(),
                Ok(SavedView::NotWanted) => String::new(),
                Err(error) => td_string!(
                    lang,
                    appointments.calendar.failed,
                    why = wording::error(lang, &error).why
                ),
            };
            // The page may have been left meanwhile.
            let _ = is_busy.try_set(false);
            let _ = status.try_set(said);
        });
    };
    view! {
        <h2 class="nhsuk-heading-m" id="calendar">
            {td_string!(lang, appointments.calendar.heading)}
        </h2>
        <p>{td_string!(lang, appointments.calendar.text)}</p>
        <Button id="save-calendar-file" kind=ButtonKind::Secondary on_click=save is_busy>
            {td_string!(lang, appointments.calendar.save)}
        </Button>
        <p role="status" class="hale-check-status" id="calendar-status">
            {move || status.get()}
        </p>
    }
}

/// What stands in the calendar, which others may see: where, and nothing clinical.
fn words(lang: Lang, appointment: &AppointmentView) -> CalendarWords {
    let title = match &appointment.location {
        Some(place) => td_string!(lang, appointments.calendar.title_at, place = place.as_str()),
        None => td_string!(lang, appointments.calendar.title).to_owned(),
    };
    CalendarWords {
        title,
        note: td_string!(lang, appointments.calendar.note).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples;

    #[test]
    fn what_stands_in_the_calendar_says_where_and_not_what_for() {
        let mut appointment = samples::appointment("a1");
        appointment.service = Some("Diabetes review".to_owned());
        appointment.reason = Some("A rash".to_owned());
        appointment.location = Some("Quay Surgery".to_owned());
        let words = words(Lang::en, &appointment);
        assert_eq!(words.title, "Appointment at Quay Surgery");
        for clinical in ["Diabetes", "rash"] {
            assert!(!words.title.contains(clinical) && !words.note.contains(clinical));
        }
        appointment.location = None;
        assert_eq!(super::words(Lang::en, &appointment).title, "Appointment");
    }
}
