//! Everything about repeats on one page: what was asked for, and what can be ordered.

use hale_contracts::provenance::FreshnessView;
use hale_contracts::repeats::{PharmacyView, RepeatRequestView, RepeatsView};
use leptos::prelude::*;
use leptos_router::location::Url;

use super::flow::RepeatFlow;
use super::medicines::Medicines;
use super::{URGENT, words};
use crate::components::{
    ActionLink, FreshnessLine, InsetText, Loaded, Page, StaleCallout, Tag, TagColour, WhyNotPanel,
};
use crate::ipc;
use crate::state::{self, Loadable, Sync};
use crate::wording::{self, Lang, lang, london_today, td_string};

/// Repeat prescriptions.
#[component]
pub(crate) fn RepeatsPage() -> impl IntoView {
    let lang = lang();
    let flow = RepeatFlow::expect();
    // What became of an earlier order has been seen.
    flow.outcome.set(None);
    let data = Loadable::synced(ipc::get_repeats);
    Effect::new(move || {
        if let Some(view) = data.get() {
            flow.take(view);
        }
    });
    let is_failed = Signal::derive(move || data.get().is_some_and(|view| view.error.is_some()));
    let failures = Sync::expect().failed_checks(is_failed);
    view! {
        <Page title=td_string!(lang, repeats.title) back="/">
            <ActionLink
                href=URGENT
                text=td_string!(lang, repeats.running_out)
                id="running-out"
            />
            <Loaded
                data
                what=td_string!(lang, repeats.problem.list)
                content=state::content::repeats
                children=move |view: RepeatsView| view! { <Content view data failures /> }
            />
        </Page>
    }
}

#[component]
fn Content(view: RepeatsView, data: Loadable<RepeatsView>, failures: Signal<u32>) -> impl IntoView {
    let lang = lang();
    let sync = Sync::expect();
    let freshness = Signal::derive(move || {
        data.get()
            .map_or(FreshnessView::NeverLoaded, |view| view.freshness)
    });
    let skipped = view.skipped;
    let pharmacy = pharmacy_words(lang, view.pharmacy.as_ref());
    let is_offline = is_order_kept(&view);
    let requests = view.requests.clone();
    view! {
        <FreshnessLine freshness />
        {view
            .error
            .clone()
            .map(|error| {
                view! {
                    <StaleCallout
                        heading=td_string!(lang, repeats.partial_heading)
                        what=td_string!(lang, repeats.problem.list)
                        text=td_string!(lang, repeats.partial)
                        error
                        failures
                        retry=move |()| sync.start()
                    />
                }
            })}
        {(skipped > 0)
            .then(|| {
                view! {
                    <p class="hale-partial" id="skipped">
                        {td_string!(lang, repeats.skipped, count = skipped)}
                    </p>
                }
            })}
        {(!requests.is_empty())
            .then(|| {
                view! { <Requests requests /> }
            })}
        <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.medicines)}</h2>
        {is_offline
            .then(|| {
                view! {
                    <InsetText>
                        <p id="order-offline">{td_string!(lang, repeats.offline)}</p>
                    </InsetText>
                }
            })}
        {match view.not_allowed.clone() {
            Some(why) => {
                view! {
                    <div id="repeats-not-allowed">
                        <WhyNotPanel why />
                    </div>
                }
                    .into_any()
            }
            None => view! { <Medicines view /> }.into_any(),
        }}
        <h2 class="nhsuk-heading-m">{td_string!(lang, repeats.pharmacy_heading)}</h2>
        <p id="nominated">{pharmacy}</p>
    }
}

/// Whether something can be ordered that would be kept until there is a connection.
fn is_order_kept(view: &RepeatsView) -> bool {
    view.is_offline
        && view.not_possible.is_none()
        && view.not_allowed.is_none()
        && view.medicines.iter().any(|one| one.eligibility.can_ask())
}

/// Requests, each with where it is now.
#[component]
pub(crate) fn Requests(requests: Vec<RepeatRequestView>) -> impl IntoView {
    view! {
        <h2 class="nhsuk-heading-m">{td_string!(lang(), repeats.requests)}</h2>
        <ul class="hale-items" id="requests">
            {requests
                .into_iter()
                .enumerate()
                .map(|(at, request)| view! { <RequestCard request at /> })
                .collect_view()}
        </ul>
    }
}

/// Where prescriptions go.
pub(super) fn pharmacy_words(lang: Lang, pharmacy: Option<&PharmacyView>) -> String {
    match pharmacy.and_then(pharmacy_name) {
        Some(name) => td_string!(lang, repeats.pharmacy, name),
        None => td_string!(lang, repeats.pharmacy_unknown).to_owned(),
    }
}

/// A pharmacy's name, else its code.
pub(super) fn pharmacy_name(pharmacy: &PharmacyView) -> Option<String> {
    pharmacy.name.clone().or_else(|| pharmacy.code.clone())
}

/// The address of a request's page. Only an id of this device stands in it.
pub(super) fn request_href(id: &str) -> String {
    format!("/repeats/request/{}", Url::escape(id))
}

/// What a request is called.
pub(super) fn medicine_name(lang: Lang, request: &RepeatRequestView) -> String {
    request
        .medicine
        .clone()
        .unwrap_or_else(|| td_string!(lang, repeats.unnamed).to_owned())
}

/// When it was asked for, if it was.
pub(super) fn asked_line(lang: Lang, request: &RepeatRequestView) -> String {
    match &request.asked {
        Some(asked) => td_string!(
            lang,
            repeats.asked,
            when = wording::moment_near(lang, asked, london_today())
        ),
        None if request.status.is_none() => td_string!(lang, repeats.not_asked).to_owned(),
        None => td_string!(lang, repeats.asked_unknown).to_owned(),
    }
}

#[component]
fn RequestCard(request: RepeatRequestView, at: usize) -> impl IntoView {
    let lang = lang();
    let now = words::now(lang, &request);
    let pending = request
        .pending
        .as_ref()
        .map(|pending| words::pending_tag(lang, &pending.state));
    view! {
        <li class="hale-item">
            <h3 class="nhsuk-heading-s hale-item__title">
                <a href=request_href(&request.id) id=format!("request-{at}")>
                    {medicine_name(lang, &request)}
                </a>
            </h3>
            <p class="hale-item__tags">
                {now.map(|now| view! { <Tag text=now.tag colour=now.colour /> })}
                {pending.map(|(text, colour)| view! { <Tag text colour /> })}
                {request
                    .is_late
                    .then(|| {
                        view! {
                            <Tag
                                text=td_string!(lang, repeats.tag.late)
                                colour=TagColour::Orange
                            />
                        }
                    })}
            </p>
            <p class="hale-item__line">{asked_line(lang, &request)}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::reasons::WhyNot;
    use hale_contracts::repeats::EligibilityView;

    use super::super::samples;
    use super::*;

    #[test]
    fn an_order_is_said_to_be_kept_only_where_one_can_be_made() {
        let offline = |eligibility| RepeatsView {
            is_offline: true,
            ..samples::view(vec![samples::medicine("a", eligibility)], Vec::new())
        };
        let open = || offline(EligibilityView::Orderable);
        let table = [
            (open(), true),
            (offline(EligibilityView::Acute), false),
            (
                RepeatsView {
                    is_offline: false,
                    ..open()
                },
                false,
            ),
            (
                RepeatsView {
                    not_possible: Some(WhyNot::OnlyToView),
                    ..open()
                },
                false,
            ),
            (
                RepeatsView {
                    not_allowed: Some(WhyNot::Under16),
                    ..open()
                },
                false,
            ),
            (
                RepeatsView {
                    medicines: Vec::new(),
                    ..open()
                },
                false,
            ),
        ];
        for (view, is_kept) in table {
            assert_eq!(is_order_kept(&view), is_kept, "{view:?}");
        }
    }
}
