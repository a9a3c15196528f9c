//! Free times: two weeks at a time, narrowed as the patient likes.

use chrono::NaiveDate;
use hale_contracts::appointments::{FindSlotsRequest, SlotView, SlotsView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::elsewhere::Elsewhere;
use super::filters::{Choices, FilterForm};
use super::flow::{BookingFlow, Filters};
use super::rules;
use super::slots::SlotList;
use super::{CHECK, REASON, START};
use crate::components::page::focus_soon;
use crate::components::{Button, ButtonKind, EmptyState, ErrorPanel, ErrorSummary, Loading, Page};
use crate::help::PracticeContact;
use crate::ipc;
use crate::state::{self, Loadable};
use crate::wording::{self, Lang, lang, london_today, td_string};

/// The page with free times.
#[component]
pub(crate) fn TimesPage() -> impl IntoView {
    let flow = BookingFlow::expect();
    // Without the practice's rules the later pages could ask for too little.
    let is_ready = flow.guidance.with_untracked(|guidance| {
        guidance
            .as_ref()
            .is_some_and(|guidance| guidance.not_possible.is_none())
    });
    if is_ready {
        view! { <Times /> }.into_any()
    } else {
        view! { <Elsewhere to=START /> }.into_any()
    }
}

#[component]
fn Times() -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let navigate = use_navigate();
    let errors = RwSignal::new(Vec::new());
    let data = Loadable::new(move || ipc::find_slots(request(&flow.filters.get_untracked())));
    let find = Callback::new(move |()| {
        data.reload();
        // The answer comes below; the keyboard and the reader go there.
        focus_soon("times-heading");
    });
    let choices = Memo::new(move |_| {
        flow.filters
            .with(|filters| Choices::of(data.get().as_ref(), filters))
    });
    let choose = Callback::new(move |slot: SlotView| {
        let next = if rules::has_questions(untrack(|| flow.reason_rule()), &slot) {
            REASON
        } else {
            CHECK
        };
        flow.choose(slot);
        navigate(next, NavigateOptions::default());
    });
    let show_from = Callback::new(move |from: NaiveDate| {
        flow.filters.update(|filters| filters.from = Some(from));
        errors.set(Vec::new());
        find.run(());
    });
    let show_all = Callback::new(move |()| {
        flow.filters.update(|filters| {
            *filters = Filters {
                from: filters.from,
                ..Filters::default()
            };
        });
        find.run(());
    });
    view! {
        <Page
            title=td_string!(lang, appointments.find.title)
            back=START
            back_text=td_string!(lang, appointments.guidance.title)
        >
            <ErrorSummary errors />
            {move || view! { <FilterForm choices=choices.get() errors find /> }}
            <h2 class="nhsuk-heading-m" id="times-heading" tabindex="-1">
                {move || range(flow)}
            </h2>
            {move || {
                if data.is_loading() {
                    return view! { <Loading /> }.into_any();
                }
                // An older answer is for other days than the heading says.
                if let Some(error) = data.error() {
                    return view! {
                        <ErrorPanel
                            error
                            what=td_string!(lang, appointments.problem.find)
                            failures=data.failures()
                            retry=move |()| data.reload()
                        />
                    }
                        .into_any();
                }
                data.get()
                    .map(|view| view! { <Found view choose show_all /> })
                    .into_any()
            }}
            <OtherDays show_from />
        </Page>
    }
}

fn request(filters: &Filters) -> FindSlotsRequest {
    FindSlotsRequest {
        from: filters.from.unwrap_or_else(london_today),
        days: rules::WINDOW_DAYS,
        channel: filters.channel,
        clinician: filters.clinician.clone(),
        service: filters.service.clone(),
    }
}

/// "Free times from … to …".
fn range(flow: BookingFlow) -> String {
    let lang = lang();
    let from = flow
        .filters
        .with(|filters| filters.from)
        .unwrap_or_else(london_today);
    let to = rules::later(from).pred_opt().unwrap_or(from);
    td_string!(
        lang,
        appointments.find.range,
        from = wording::date(lang, from),
        to = wording::date(lang, to)
    )
}

#[component]
fn Found(view: SlotsView, choose: Callback<SlotView>, show_all: Callback<()>) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let SlotsView {
        slots,
        total_unfiltered,
        skipped,
        ..
    } = view;
    let count = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    let is_narrow = flow.filters.with_untracked(Filters::is_narrow);
    let unread = skipped;
    let skipped = (skipped > 0).then(|| {
        view! {
            <p class="hale-partial" id="skipped">
                {td_string!(lang, appointments.find.skipped, count = skipped)}
            </p>
        }
    });
    if count > 0 {
        return view! {
            <p role="status" id="times-found">
                {td_string!(lang, appointments.find.found, count = count)}
            </p>
            {skipped}
            <SlotList slots choose />
        }
        .into_any();
    }
    if is_narrow && total_unfiltered > 0 {
        return view! {
            {skipped}
            <div id="no-times" role="status">
                <EmptyState
                    heading=td_string!(lang, appointments.find.none_filtered_title)
                    body=td_string!(
                        lang, appointments.find.none_filtered, count = total_unfiltered
                    )
                >
                    <Button
                        id="show-all-times"
                        kind=ButtonKind::Secondary
                        on_click=move |_| show_all.run(())
                    >
                        {td_string!(lang, appointments.find.clear)}
                    </Button>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let (heading, body) = none_found(lang, unread);
    view! {
        <div id="no-times" role="status">
            <EmptyState heading body>
                {move || view! { <PracticeContact practice=state::practice() /> }}
            </EmptyState>
        </div>
    }
    .into_any()
}

/// Why no time is shown: there is none, or none could be read.
fn none_found(lang: Lang, unread: u32) -> (String, String) {
    if unread == 0 {
        (
            td_string!(lang, appointments.find.none_title).to_owned(),
            td_string!(lang, appointments.find.none_text).to_owned(),
        )
    } else {
        (
            td_string!(lang, appointments.find.unread_title).to_owned(),
            td_string!(lang, appointments.find.unread_text, count = unread),
        )
    }
}

/// The two weeks before and after.
#[component]
fn OtherDays(show_from: Callback<NaiveDate>) -> impl IntoView {
    let lang = lang();
    let flow = BookingFlow::expect();
    let from = move || {
        flow.filters
            .with(|filters| filters.from)
            .unwrap_or_else(london_today)
    };
    view! {
        <h2 class="nhsuk-heading-s">{td_string!(lang, appointments.find.more_heading)}</h2>
        <div class="nhsuk-button-group">
            {move || {
                rules::earlier(from(), london_today())
                    .map(|before| {
                        view! {
                            <Button
                                id="earlier-dates"
                                kind=ButtonKind::Secondary
                                on_click=move |_| show_from.run(before)
                            >
                                {td_string!(lang, appointments.find.earlier)}
                            </Button>
                        }
                    })
            }}
            <Button
                id="later-dates"
                kind=ButtonKind::Secondary
                on_click=move |_| show_from.run(rules::later(untrack(from)))
            >
                {td_string!(lang, appointments.find.later)}
            </Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_could_not_be_read_are_not_called_none() {
        let (none, _) = none_found(Lang::en, 0);
        assert_eq!(none, "There are no free times in these 2 weeks");
        for unread in [1, 3] {
            let (heading, text) = none_found(Lang::en, unread);
            assert!(!heading.contains("no free times"), "{heading}");
            assert!(text.starts_with(&format!("{unread} time")), "{text}");
        }
    }
}
