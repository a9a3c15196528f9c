//! The next appointment, and bookings whose outcome is not known.

use hale_contracts::appointments::{AppointmentView, UnconfirmedBookingView};
use hale_contracts::reasons::WhyNot;
use hale_contracts::time::LondonTime;
use leptos::prelude::*;

use crate::appointments::{PendingTag, StatusTag, is_plainly_booked};
use crate::components::{ActionLink, WarningCallout, WhyNotPanel};
use crate::wording::{self, Lang, clock_time, lang, td_string, weekday_date};

/// The next appointment; that there is none, where that is known; or that it is not known.
#[component]
pub(crate) fn NextAppointment(
    /// The next one.
    next: Option<AppointmentView>,
    /// How many other entries are to come that are not agreed or have no time.
    #[prop(optional)]
    not_agreed: u32,
    /// Whether the list is known at all.
    is_known: bool,
    /// Why appointments cannot be seen, if so.
    #[prop(optional)]
    not_allowed: Option<WhyNot>,
    /// How many appointments could not be read.
    #[prop(optional)]
    skipped: u32,
) -> impl IntoView {
    let lang = lang();
    let body = match (next, is_known) {
        _ if not_allowed.is_some() => not_allowed
            .map(|why| view! { <WhyNotPanel why=why/> })
            .into_any(),
        (Some(appointment), _) => details(lang, appointment).into_any(),
        (None, true) if not_agreed > 0 => view! {
            <p>{td_string!(lang, home.next.not_agreed, count = not_agreed)}</p>
            <p>
                <a href="/appointments">{td_string!(lang, home.next.see_all)}</a>
            </p>
        }
        .into_any(),
        (None, true) => view! {
            <p>{none(lang, skipped)}</p>
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
            {(skipped > 0)
                .then(|| {
                    view! {
                        <p class="hale-partial">
                            {td_string!(lang, appointments.skipped, count = skipped)}
                        </p>
                    }
                })}
        </section>
    }
}

/// That there is none; what could not be read may be one.
fn none(lang: Lang, skipped: u32) -> &'static str {
    if skipped == 0 {
        td_string!(lang, home.next.none)
    } else {
        td_string!(lang, home.next.none_read)
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
    let status = appointment.status;
    let pending = appointment.pending;
    view! {
        {(!is_plainly_booked(status) || pending.is_some())
            .then(|| {
                view! {
                    <p class="hale-item__tags">
                        <StatusTag status=status/>
                        {pending.map(|pending| view! { <PendingTag state=pending.state/> })}
                    </p>
                }
            })}
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

/// An appointment that its practice does not list any more.
#[component]
pub(crate) fn NoLongerListed(
    /// What is left of it.
    appointment: AppointmentView,
) -> impl IntoView {
    let lang = lang();
    let href = format!("/appointments/{}", path_part(&appointment.id));
    view! {
        <WarningCallout heading=td_string!(lang, appointments.detail.not_listed_title)>
            {appointment.start.map(|start| view! { <p>{when(lang, &start)}</p> })}
            <p>{td_string!(lang, appointments.detail.not_listed)}</p>
            <p>
                <a href=href>{td_string!(lang, home.next.see)}</a>
            </p>
        </WarningCallout>
    }
}

/// A booking that was sent without an answer.
#[component]
pub(crate) fn Unconfirmed(
    /// The booking.
    booking: UnconfirmedBookingView,
) -> impl IntoView {
    let lang = lang();
    let when = asked_for(lang, &booking);
    view! {
        <WarningCallout heading=td_string!(lang, home.unconfirmed.title)>
            <p>{td_string!(lang, home.unconfirmed.body, when = when)}</p>
            <p>
                <a href="/appointments">{td_string!(lang, home.unconfirmed.check)}</a>
            </p>
        </WarningCallout>
    }
}

/// A booking that a check found not to have been made.
#[component]
pub(crate) fn NotBooked(
    /// The booking.
    booking: UnconfirmedBookingView,
) -> impl IntoView {
    let lang = lang();
    let when = asked_for(lang, &booking);
    view! {
        <WarningCallout heading=td_string!(lang, home.not_booked.title)>
            <p>{td_string!(lang, home.not_booked.body, when = when)}</p>
            {booking
                .reason
                .map(|reason| {
                    view! {
                        <p>{td_string!(lang, home.not_booked.reason)}</p>
                        <p class="hale-as-written hale-quote">{reason}</p>
                    }
                })}
            <p>
                <a href="/appointments">{td_string!(lang, home.not_booked.see)}</a>
            </p>
        </WarningCallout>
    }
}

/// The time that a booking asked for, where it can still be read.
fn asked_for(lang: Lang, booking: &UnconfirmedBookingView) -> String {
    match &booking.slot {
        Some(slot) => when(lang, &slot.start),
        None => td_string!(lang, home.request_unreadable).to_owned(),
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
    use crate::appointments::samples;
    use hale_contracts::appointments::AppointmentStatus;

    fn shown(next: Option<AppointmentView>, not_allowed: Option<WhyNot>, skipped: u32) -> String {
        Owner::new().with(|| {
            view! {
                <NextAppointment next=next is_known=true nostrip:not_allowed=not_allowed skipped=skipped/>
            }
            .to_html()
        })
    }

    #[test]
    fn an_appointment_that_is_not_booked_never_looks_booked() {
        for (status, words) in [
            (AppointmentStatus::Booked, None),
            (
                AppointmentStatus::Pending,
                Some("Waiting for the practice to accept"),
            ),
            (AppointmentStatus::Proposed, Some("Suggested, not booked")),
            (AppointmentStatus::Waitlist, Some("On a waiting list")),
            (AppointmentStatus::Unknown, Some("Status not known")),
        ] {
            let mut next = samples::appointment("x");
            next.status = status;
            let html = shown(Some(next), None, 0);
            assert_eq!(html.contains("nhsuk-tag"), words.is_some(), "{status:?}");
            assert!(words.is_none_or(|words| html.contains(words)), "{status:?}");
        }
    }

    #[test]
    fn none_is_not_said_where_one_could_not_be_read_or_may_not_be_seen() {
        let none = td_string!(Lang::en, home.next.none);
        assert!(shown(None, None, 0).contains(none));
        let skipped = shown(None, None, 2);
        assert!(!skipped.contains(none) && skipped.contains("2 appointments could not be read"));
        let refused = shown(None, Some(WhyNot::Under16), 0);
        assert!(!refused.contains(none));
        let unknown = td_string!(Lang::en, home.next.unknown);
        assert!(
            !refused.contains(unknown),
            "not allowed is not the same as not loaded"
        );
    }

    #[test]
    fn an_id_with_slashes_stays_one_part_of_a_path() {
        assert_eq!(path_part("a/b:c-1"), "a%2Fb%3Ac-1");
    }
}
