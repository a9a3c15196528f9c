//! What became of an order, medicine by medicine. "Your practice has it" is said only of what its
//! server acknowledged.

use hale_contracts::outbox::{ParkedView, PendingStateView, RequestOutcomeView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::flow::{Ended, RepeatFlow};
use super::{LIST, words};
use crate::components::{LinkButton, Page, Tag, TagColour};
use crate::help::PracticeContact;
use crate::state;
use crate::wording::{Lang, lang, td_string};

/// What became of the order.
#[component]
pub(crate) fn DonePage() -> impl IntoView {
    let lang = lang();
    let flow = RepeatFlow::expect();
    let Some(ended) = flow.outcome.get_untracked() else {
        // Back from a page that followed.
        let navigate = use_navigate();
        Effect::new(move || {
            let replace = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(LIST, replace);
        });
        return ().into_any();
    };
    let needs_practice = ended.iter().any(|one| {
        matches!(&one.outcome, RequestOutcomeView::Pending { request }
            if matches!(request.state, PendingStateView::Parked { .. }))
    });
    view! {
        <Page title=title(lang, &ended)>
            <ul class="hale-items" id="orders">
                {ended.into_iter().map(|one| view! { <Order one /> }).collect_view()}
            </ul>
            {needs_practice
                .then_some(move || view! { <PracticeContact practice=state::practice() /> })}
            <LinkButton href=LIST id="see-repeats">
                {td_string!(lang, repeats.done.see_all)}
            </LinkButton>
        </Page>
    }
    .into_any()
}

fn title(lang: Lang, ended: &[Ended]) -> &'static str {
    let is_done = |one: &Ended| one.outcome == RequestOutcomeView::Acknowledged;
    let stands = |state: PendingStateView| move |one: &Ended| matches!(&one.outcome, RequestOutcomeView::Pending { request } if request.state == state);
    if ended.iter().all(is_done) {
        td_string!(lang, repeats.done.all)
    } else if ended.iter().all(stands(PendingStateView::NotSentYet)) {
        td_string!(lang, repeats.done.none)
    } else if ended.iter().all(stands(PendingStateView::Unconfirmed)) {
        // It may have arrived: nobody can say that it has not.
        td_string!(lang, repeats.done.unconfirmed)
    } else {
        td_string!(lang, repeats.done.some)
    }
}

#[component]
fn Order(one: Ended) -> impl IntoView {
    let lang = lang();
    let (tag, colour, text, says) = match &one.outcome {
        RequestOutcomeView::Acknowledged => (
            td_string!(lang, repeats.status.requested.tag),
            TagColour::Green,
            td_string!(lang, repeats.done.acknowledged),
            None,
        ),
        RequestOutcomeView::Pending { request } => {
            let (tag, colour) = words::pending_tag(lang, &request.state);
            let says = match &request.state {
                PendingStateView::Parked {
                    because: ParkedView::Refused { server_says },
                } => server_says.clone(),
                _ => None,
            };
            let text = words::pending(lang, request.kind, &request.state);
            (tag, colour, text, says)
        }
    };
    view! {
        <li class="hale-item">
            <h2 class="nhsuk-heading-s hale-item__title">{one.name}</h2>
            <p class="hale-item__tags">
                <Tag text=tag colour />
            </p>
            <p class="hale-item__line">{text}</p>
            {says.map(|says| view! { <Said says /> })}
        </li>
    }
}

/// The practice's own words.
#[component]
pub(super) fn Said(says: String) -> impl IntoView {
    view! {
        <p>{td_string!(lang(), repeats.request.says)} ":"</p>
        <p class="hale-as-written hale-quote">{says}</p>
    }
}

#[cfg(test)]
mod tests {
    use hale_contracts::outbox::{PendingRequestView, RequestKindView};

    use super::*;
    use crate::appointments::samples;

    #[test]
    fn an_order_is_with_the_practice_only_where_all_of_it_was_acknowledged() {
        let pending = |state| Ended {
            name: String::new(),
            outcome: RequestOutcomeView::Pending {
                request: PendingRequestView {
                    id: "x".to_owned(),
                    kind: RequestKindView::RepeatRequest,
                    subject: "MedicationRequest/1".to_owned(),
                    confirmed_at: samples::moment(4, 9, 0),
                    state,
                    can_undo: true,
                    can_send_again: false,
                },
            },
        };
        let done = || Ended {
            name: String::new(),
            outcome: RequestOutcomeView::Acknowledged,
        };
        let waits = || pending(PendingStateView::NotSentYet);
        let unconfirmed = || pending(PendingStateView::Unconfirmed);
        let parked = || {
            pending(PendingStateView::Parked {
                because: ParkedView::AlreadyAsked,
            })
        };
        let all = td_string!(Lang::en, repeats.done.all);
        assert_eq!(title(Lang::en, &[done(), done()]), all);
        for mixed in [
            vec![done(), waits()],
            vec![waits()],
            vec![parked()],
            vec![done(), parked()],
        ] {
            assert_ne!(title(Lang::en, &mixed), all, "{mixed:?}");
        }
        let none = td_string!(Lang::en, repeats.done.none);
        assert_eq!(title(Lang::en, &[waits(), waits()]), none);
        for other in [
            vec![waits(), parked()],
            vec![unconfirmed()],
            vec![waits(), unconfirmed()],
            vec![done(), unconfirmed()],
        ] {
            let words = title(Lang::en, &other);
            assert_ne!(words, none, "some of it may have arrived: {other:?}");
            assert_ne!(words, all, "{other:?}");
        }
    }
}
