//! "Is this you?": nothing is loaded before the patient has said yes.

use hale_contracts::account::{ConfirmIdentityRequest, PersonView, SessionView};
use hale_contracts::error::ErrorView;
use hale_contracts::reasons::IdentityLevel;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, ButtonKind, ErrorPanel, InsetText, Page, SummaryList, SummaryRow};
use crate::ipc;
use crate::state::Session;
use crate::wording::{date, lang, nhs_number, td_string};

/// The page.
#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let refused = RwSignal::new(None::<ErrorView>);
    let is_busy = RwSignal::new(false);
    let answer = move |is_me: bool| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        refused.set(None);
        spawn_local(async move {
            match ipc::confirm_identity(ConfirmIdentityRequest { is_me }).await {
                Ok(view) => session.set(view),
                Err(error) => refused.set(Some(error)),
            }
            is_busy.set(false);
        });
    };
    let person = move || match session.get() {
        Some(SessionView::ConfirmIdentity { person }) => Some(view! { <Person person=person/> }),
        _ => None,
    };
    view! {
        <Page title=td_string!(lang, account.confirm.title)>
            {move || {
                refused
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                error=error
                                what=""
                                heading=td_string!(lang, account.confirm.error_heading)
                            />
                        }
                    })
            }}
            <p>{td_string!(lang, account.confirm.intro)}</p>
            {person}
            <div class="nhsuk-button-group">
                <Button on_click=move |_| answer(true) is_busy=is_busy id="confirm-yes">
                    {td_string!(lang, account.confirm.yes)}
                </Button>
                <Button
                    kind=ButtonKind::Secondary
                    on_click=move |_| answer(false)
                    is_busy=is_busy
                    id="confirm-no"
                >
                    {td_string!(lang, account.confirm.no)}
                </Button>
            </div>
            <p class="hale-quiet">{td_string!(lang, account.confirm.no_hint)}</p>
        </Page>
    }
}

/// Who the service says it is.
#[component]
fn Person(person: PersonView) -> impl IntoView {
    let lang = lang();
    let not_given = move || td_string!(lang, account.confirm.not_given).to_owned();
    let born = person
        .date_of_birth
        .map_or_else(not_given, |born| date(lang, born));
    let is_low = matches!(
        person.identity_level,
        Some(IdentityLevel::P0 | IdentityLevel::P5)
    );
    view! {
        <SummaryList>
            <SummaryRow key=td_string!(lang, account.confirm.name)>{person.name}</SummaryRow>
            <SummaryRow key=td_string!(lang, account.confirm.born)>{born}</SummaryRow>
            {person
                .nhs_number
                .map(|number| {
                    view! {
                        <SummaryRow key=td_string!(
                            lang, account.confirm.nhs_number
                        )>{nhs_number(&number)}</SummaryRow>
                    }
                })}
            {person
                .practice
                .map(|practice| {
                    view! {
                        <SummaryRow key=td_string!(
                            lang, account.confirm.practice
                        )>{practice.name}</SummaryRow>
                    }
                })}
        </SummaryList>
        {is_low
            .then(|| {
                view! {
                    <InsetText>
                        <p>
                            <strong>{td_string!(lang, account.confirm.level_p5_heading)}</strong>
                        </p>
                        <p>{td_string!(lang, account.confirm.level_p5)}</p>
                    </InsetText>
                }
            })}
    }
}
