//! The patient's appointments: those without an answer, those to come, past and cancelled ones.

use std::collections::HashMap;

use hale_contracts::appointments::{AppointmentView, AppointmentsView};
use hale_contracts::changes::{AppointmentsShownRequest, ShownMark};
use hale_contracts::provenance::FreshnessView;
use hale_contracts::time::LondonTime;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::booking::BookingFlow;
use super::cancel::PendingCancellation;
use super::card::AppointmentCard;
use super::unconfirmed::{NotBookedCard, UnconfirmedCard};
use super::words;
use crate::components::page::focus_soon;
use crate::components::{
    Button, ButtonKind, FreshnessLine, LinkButton, Loaded, Page, SourceLines, StaleCallout,
    WhyNotPanel,
};
use crate::ipc;
use crate::state::{self, Loadable, Sync};
use crate::wording::{Lang, lang, td_string};

/// How many past or cancelled ones are shown before the patient asks for more.
const FEW: usize = 5;

/// The patient's appointments.
#[component]
pub(crate) fn AppointmentsPage() -> impl IntoView {
    let lang = lang();
    // From here on a booking is one of its own.
    BookingFlow::expect().replaces.set(None);
    let data = Loadable::synced(ipc::get_appointments);
    let is_failed = Signal::derive(move || data.get().is_some_and(|view| view.error.is_some()));
    let around = Around {
        failures: Sync::expect().failed_checks(is_failed),
        is_all_past: RwSignal::new(false),
        is_all_cancelled: RwSignal::new(false),
    };
    note_look(data, around);
    view! {
        <Page title=td_string!(lang, appointments.title)>
            // Never hidden: where booking is not possible, the next page says why and what to do.
            <LinkButton href="/appointments/book" id="book-appointment">
                {td_string!(lang, appointments.book)}
            </LinkButton>
            <Loaded
                data
                what=td_string!(lang, appointments.problem.list)
                content=state::content::appointments
                children=move |view: AppointmentsView| view! { <Lists view data around /> }
            />
        </Page>
    }
}

/// What outlives the lists when they are drawn anew.
#[derive(Debug, Clone, Copy)]
struct Around {
    /// How many checks in a row have failed.
    failures: Signal<u32>,
    /// Whether the patient asked for all past ones.
    is_all_past: RwSignal<bool>,
    /// Whether the patient asked for all cancelled ones.
    is_all_cancelled: RwSignal<bool>,
}

/// Tells the shell what of the lists has been on the screen, on leaving them.
fn note_look(data: Loadable<AppointmentsView>, around: Around) {
    let shown = StoredValue::new(None::<HashMap<String, ShownMark>>);
    Effect::new(move || {
        let (is_all_past, is_all_cancelled) =
            (around.is_all_past.get(), around.is_all_cancelled.get());
        if let Some(view) = data.get() {
            let marks = on_screen(&view, is_all_past, is_all_cancelled);
            shown.update_value(|shown| shown.get_or_insert_default().extend(marks));
        }
    });
    let sync = Sync::expect();
    on_cleanup(move || {
        let Some(marks) = shown.try_get_value().flatten() else {
            return;
        };
        let has_news = !marks.is_empty();
        let request = AppointmentsShownRequest {
            shown: marks.into_values().collect(),
        };
        spawn_local(async move {
            // Without an answer the news stay marked, and the patient sees them again.
            if ipc::appointments_shown(request).await.is_ok() && has_news {
                sync.something_changed();
            }
        });
    });
}

/// The marks that are on the screen, by appointment.
fn on_screen(
    view: &AppointmentsView,
    is_all_past: bool,
    is_all_cancelled: bool,
) -> Vec<(String, ShownMark)> {
    if view.not_allowed.is_some() {
        return Vec::new();
    }
    let few = |is_all: bool| if is_all { usize::MAX } else { FEW };
    view.upcoming
        .iter()
        .chain(view.past.iter().take(few(is_all_past)))
        .chain(view.cancelled.iter().take(few(is_all_cancelled)))
        .filter_map(|one| Some((one.id.clone(), one.change.clone()?.shown)))
        .collect()
}

/// What may be said where a list is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Everything, now.
    Now,
    /// What it was at some time before.
    Before,
    /// Nothing.
    Never,
}

fn known(freshness: &FreshnessView) -> Known {
    match freshness {
        FreshnessView::Fresh { .. } => Known::Now,
        FreshnessView::Stale { at: Some(_), .. } => Known::Before,
        FreshnessView::Stale { at: None, .. }
        | FreshnessView::NeverLoaded
        | FreshnessView::Loading => Known::Never,
    }
}

#[component]
fn Lists(
    view: AppointmentsView,
    data: Loadable<AppointmentsView>,
    around: Around,
) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let freshness = Signal::derive(move || {
        data.get()
            .map_or(FreshnessView::NeverLoaded, |view| view.freshness)
    });
    let sources = Memo::new(move |_| data.get().map_or_else(Vec::new, |view| view.sources));
    // What the patient asked for is theirs, whatever the practice shows of the rest.
    let own = view! {
        {view
            .unlisted
            .into_iter()
            .filter_map(|appointment| {
                let pending = appointment.pending.clone()?;
                Some(
                    view! {
                        <section class="hale-unlisted">
                            <h2 class="nhsuk-heading-m">
                                {words::appointment_when(lang, &appointment)}
                            </h2>
                            <p>{td_string!(lang, appointments.cancelling.unlisted)}</p>
                            <PendingCancellation pending />
                        </section>
                    },
                )
            })
            .collect_view()}
        {view
            .unconfirmed
            .into_iter()
            .enumerate()
            .map(|(at, booking)| {
                let button_id = if at == 0 {
                    "check-booking".to_owned()
                } else {
                    format!("check-booking-{at}")
                };
                let id = booking.booking_id.clone();
                let checked = Signal::derive(move || last_checked(data.get(), &id));
                view! { <UnconfirmedCard booking checked button_id /> }
            })
            .collect_view()}
        {view
            .not_booked
            .into_iter()
            .enumerate()
            .map(|(at, booking)| {
                view! { <NotBookedCard booking button_id=format!("seen-not-booked-{at}") /> }
            })
            .collect_view()}
    };
    if let Some(why) = view.not_allowed {
        return view! {
            {own}
            <div id="appointments-not-allowed">
                <WhyNotPanel why />
            </div>
        }
        .into_any();
    }
    let known = known(&view.freshness);
    let skipped = view.skipped;
    let is_bare = view.upcoming.is_empty() && view.past.is_empty() && view.cancelled.is_empty();
    view! {
        <FreshnessLine freshness />
        <SourceLines sources />
        {view
            .error
            .map(|error| {
                view! {
                    <StaleCallout
                        heading=td_string!(lang, appointments.partial_heading)
                        what=td_string!(lang, appointments.problem.list)
                        text=td_string!(lang, appointments.partial)
                        error
                        failures=around.failures
                        retry=move |()| sync.start()
                    />
                }
            })}
        {(skipped > 0)
            .then(|| {
                view! {
                    <p class="hale-partial" id="skipped">
                        {td_string!(lang, appointments.skipped, count = skipped)}
                    </p>
                }
            })}
        {own}
        {if known == Known::Never && is_bare {
            view! { <p id="appointments-unknown">{td_string!(lang, appointments.unknown_yet)}</p> }
                .into_any()
        } else {
            view! {
                <h2 class="nhsuk-heading-m">{td_string!(lang, appointments.coming_up)}</h2>
                <Upcoming appointments=view.upcoming known skipped />
                <h2 class="nhsuk-heading-m">{td_string!(lang, appointments.past)}</h2>
                <Past appointments=view.past known is_all=around.is_all_past />
                {(!view.cancelled.is_empty())
                    .then(|| {
                        view! {
                            <h2 class="nhsuk-heading-m">
                                {td_string!(lang, appointments.cancelled)}
                            </h2>
                            <Few
                                appointments=view.cancelled
                                name="cancelled"
                                is_all=around.is_all_cancelled
                                more=|lang, count| td_string!(lang, appointments.show_cancelled, count)
                            />
                        }
                    })}
            }
                .into_any()
        }}
    }
    .into_any()
}

#[component]
fn Upcoming(appointments: Vec<AppointmentView>, known: Known, skipped: u32) -> impl IntoView {
    let lang = lang();
    if appointments.is_empty() {
        let words = empty(
            known,
            lang,
            none_coming_up(lang, skipped),
            td_string!(lang, appointments.none_coming_up_stale),
        );
        return view! { <p id="none-coming-up">{words}</p> }.into_any();
    }
    let next = next(&appointments);
    view! {
        <ul class="hale-items" id="upcoming">
            {appointments
                .into_iter()
                .enumerate()
                .map(|(at, appointment)| {
                    view! {
                        <AppointmentCard
                            appointment
                            link_id=format!("upcoming-{at}")
                            is_next={Some(at) == next}
                        />
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn Past(appointments: Vec<AppointmentView>, known: Known, is_all: RwSignal<bool>) -> impl IntoView {
    let lang = lang();
    if appointments.is_empty() {
        let words = empty(
            known,
            lang,
            td_string!(lang, appointments.none_past),
            td_string!(lang, appointments.none_past_stale),
        );
        return view! { <p id="none-past">{words}</p> }.into_any();
    }
    view! {
        <Few
            appointments
            name="past"
            is_all
            more=|lang, count| td_string!(lang, appointments.show_past, count)
        />
    }
    .into_any()
}

/// The one that comes next: agreed to, and with a time. A request, a place on a waiting list and
/// what its practice does not list any more are no appointments to go to.
fn next(appointments: &[AppointmentView]) -> Option<usize> {
    appointments
        .iter()
        .position(|appointment| appointment.status.is_agreed() && appointment.start.is_some())
}

/// What could not be read may be one that is coming up.
fn none_coming_up(lang: Lang, skipped: u32) -> &'static str {
    if skipped == 0 {
        td_string!(lang, appointments.none_coming_up)
    } else {
        td_string!(lang, appointments.none_coming_up_skipped)
    }
}

/// When Hale last looked what became of a booking.
fn last_checked(view: Option<AppointmentsView>, booking_id: &str) -> Option<LondonTime> {
    view?
        .unconfirmed
        .into_iter()
        .find(|booking| booking.booking_id == booking_id)?
        .last_checked
}

/// An empty list is only called empty as far as Hale knows.
fn empty(known: Known, lang: Lang, now: &'static str, before: &'static str) -> &'static str {
    match known {
        Known::Now => now,
        Known::Before => before,
        Known::Never => td_string!(lang, appointments.unknown_yet),
    }
}

/// The newest few of a list, and the rest when the patient asks for it.
#[component]
fn Few(
    appointments: Vec<AppointmentView>,
    /// The start of the ids.
    name: &'static str,
    /// Whether the patient asked for all.
    is_all: RwSignal<bool>,
    /// The words of the button, for how many more.
    more: fn(Lang, u32) -> String,
) -> impl IntoView {
    let lang = lang();
    let is_short = appointments.len() <= FEW;
    let rest = u32::try_from(appointments.len().saturating_sub(FEW)).unwrap_or(u32::MAX);
    let list = StoredValue::new(appointments);
    let items = move |from: usize, count: usize| {
        list.with_value(|list| {
            list.iter()
                .enumerate()
                .skip(from)
                .take(count)
                .map(|(at, appointment)| {
                    view! {
                        <AppointmentCard
                            appointment=appointment.clone()
                            link_id=format!("{name}-{at}")
                        />
                    }
                })
                .collect_view()
        })
    };
    let show = move |_| {
        is_all.set(true);
        focus_soon(&format!("{name}-{FEW}"));
    };
    view! {
        <ul class="hale-items" id=name>
            {items(0, FEW)}
            {move || (is_short || is_all.get()).then(|| items(FEW, usize::MAX))}
        </ul>
        {move || {
            (!is_short && !is_all.get())
                .then(|| {
                    view! {
                        <Button
                            id=format!("show-{name}")
                            kind=ButtonKind::Secondary
                            on_click=show
                        >
                            {more(lang, rest)}
                        </Button>
                    }
                })
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::samples::moment;
    use hale_contracts::appointments::AppointmentStatus;
    use hale_contracts::error::ErrorCode;

    #[test]
    fn the_next_one_is_one_that_its_practice_lists() {
        let of = |status| AppointmentView {
            status,
            ..crate::appointments::samples::appointment("x")
        };
        let gone = || of(AppointmentStatus::NoLongerListed);
        assert_eq!(next(&[gone(), of(AppointmentStatus::Booked)]), Some(1));
        assert_eq!(next(&[gone()]), None);
        let asked = || of(AppointmentStatus::Pending);
        let without_time = || AppointmentView {
            start: None,
            ..of(AppointmentStatus::Booked)
        };
        assert_eq!(next(&[asked(), without_time()]), None);
        assert_eq!(next(&[asked(), of(AppointmentStatus::Booked)]), Some(1));
    }

    #[test]
    fn what_could_not_be_read_may_be_an_appointment() {
        assert_eq!(
            none_coming_up(Lang::en, 0),
            "You have no appointments coming up."
        );
        assert!(!none_coming_up(Lang::en, 1).contains("You have no"));
    }

    #[test]
    fn none_is_only_said_of_what_was_just_confirmed() {
        let stale = |at| FreshnessView::Stale {
            at,
            because: ErrorCode::Offline,
        };
        let table = [
            (
                FreshnessView::Fresh {
                    at: moment(5, 9, 0),
                },
                "none",
            ),
            (stale(Some(moment(4, 9, 0))), "before"),
            (stale(None), "unknown"),
            (FreshnessView::NeverLoaded, "unknown"),
            (FreshnessView::Loading, "unknown"),
        ];
        let unknown = td_string!(Lang::en, appointments.unknown_yet);
        for (freshness, expected) in table {
            let said = empty(known(&freshness), Lang::en, "none", "before");
            let expected = if expected == "unknown" {
                unknown
            } else {
                expected
            };
            assert_eq!(said, expected, "{freshness:?}");
        }
    }
}
