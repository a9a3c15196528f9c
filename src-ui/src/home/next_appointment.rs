//! The next appointment, and bookings whose outcome is not known.

use hale_contracts::appointments::{AppointmentView, UnconfirmedBookingView};
use hale_contracts::time::LondonTime;
use leptos::prelude::*;

use crate::components::{ActionLink, WarningCallout};
use crate::wording::{self, Lang, clock_time, lang, td_string, weekday_date};

/// The next appointment; that there is none, where that is known; or that it is not known.
#[component]
pub(crate) fn NextAppointment(
    /// The next one.
    next: Option<AppointmentView>,
    /// Whether the list is known at all.
    is_known: bool,
) -> impl IntoView {
    let lang = lang();
    let body = match (next, is_known) {
        (Some(appointment), _) => details(lang, appointment).into_any(),
        (None, true) => view! {
            <p>{td_string!(lang, home.next.none)}</p>
            <p>
                <a href="/appointments/book">{td_string!(lang, home.next.book)}</a>
            </p>
        }
        .into_any(),
        (None, false) => view! { <p>{td_string!(lang, home.next.unknown)}</p> }.into_any(),
    };
    view! {
        <section class="hale-next" aria-labelledby="next-title">
            <h2 class="nhsuk-heading-m" id="next-title">{td_string!(lang, home.next.heading)}</h2>
            {body}
        </section>
    }
}

fn details(lang: Lang, appointment: AppointmentView) -> impl IntoView {
    let href = format!("/appointments/{}", path_part(&appointment.id));
    let who = appointment
        .clinician
        .map(|who| td_string!(lang, home.next.with, who = who));
    let place = appointment
        .location
        .map(|place| td_string!(lang, home.next.at, place = place));
    let channel = appointment
        .channel
        .map(|channel| wording::channel(lang, channel).to_owned());
    view! {
        {appointment
            .start
            .map(|start| view! { <p class="hale-next__when">{when(lang, &start)}</p> })}
        {[appointment.service, channel, who, place]
            .into_iter()
            .flatten()
            .map(|line| view! { <p class="hale-next__line">{line}</p> })
            .collect_view()}
        <ActionLink href=href text=td_string!(lang, home.next.see)/>
    }
}

/// A booking that was sent without an answer.
#[component]
pub(crate) fn Unconfirmed(
    /// The booking.
    booking: UnconfirmedBookingView,
) -> impl IntoView {
    let lang = lang();
    let when = when(lang, &booking.slot.start);
    view! {
        <WarningCallout heading=td_string!(lang, home.unconfirmed.title)>
            <p>{td_string!(lang, home.unconfirmed.body, when = when)}</p>
            <p>
                <a href="/appointments">{td_string!(lang, home.unconfirmed.check)}</a>
            </p>
        </WarningCallout>
    }
}

fn when(lang: Lang, start: &LondonTime) -> String {
    td_string!(
        lang,
        wording.time.moment,
        date = weekday_date(lang, start.local.date()),
        time = clock_time(lang, start)
    )
}

/// An id as one part of a path: what is not a letter, a digit, `-`, `.`, `_` or `~` is percent
/// encoded (RFC 3986 §2.3).
fn path_part(id: &str) -> String {
    let mut part = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_slashes_stays_one_part_of_a_path() {
        assert_eq!(path_part("a/b:c-1"), "a%2Fb%3Ac-1");
    }
}
