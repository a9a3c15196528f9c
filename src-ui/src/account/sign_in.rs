//! Signing in: says that the browser opens, waits with a way out, and says in words why it did
//! not work.

use hale_contracts::account::SessionView;
use hale_contracts::error::ErrorView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, ButtonKind, ErrorPanel, Page};
use crate::ipc;
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    // The window may have been drawn anew while the browser was open.
    let was_waiting = matches!(session.get_untracked(), Some(SessionView::SigningIn { .. }));
    let is_waiting = RwSignal::new(was_waiting);
    let refused = RwSignal::new(None::<ErrorView>);

    let start = move || {
        if is_waiting.get_untracked() {
            return;
        }
        is_waiting.set(true);
        refused.set(None);
        spawn_local(async move {
            match ipc::sign_in().await {
                Ok(view) => session.set(view),
                Err(error) => refused.set(Some(error)),
            }
            is_waiting.set(false);
        });
    };
    let cancel = move || {
        spawn_local(async move {
            // Even when the shell knows of no sign-in, the patient must get out of the wait.
            let _ = ipc::cancel_sign_in().await;
            is_waiting.set(false);
            if let Ok(view) = ipc::get_session().await {
                session.set(view);
            }
        });
    };

    let is_again = Memo::new(move |_| session.is_lapsed());
    let title = Signal::derive(move || {
        let title = if is_waiting.get() {
            td_string!(lang, account.sign_in.waiting_title)
        } else if is_again.get() {
            td_string!(lang, account.sign_in.title_again)
        } else {
            td_string!(lang, account.sign_in.title)
        };
        title.to_owned()
    });
    view! {
        <Page title=title>
            {move || {
                refused
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                error=error
                                what=""
                                heading=td_string!(lang, account.sign_in.error_heading)
                            />
                        }
                    })
            }}
            <div role="status">
                {move || {
                    is_waiting
                        .get()
                        .then(|| view! { <p>{td_string!(lang, account.sign_in.waiting)}</p> })
                }}
            </div>
            {move || {
                if is_waiting.get() {
                    view! { <Waiting cancel=move |()| cancel()/> }.into_any()
                } else {
                    view! { <Before start=move |()| start()/> }.into_any()
                }
            }}
        </Page>
    }
}

/// Before the browser opens.
#[component]
fn Before(#[prop(into)] start: Callback<()>) -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let backend = move || {
        session
            .backend()
            .map(|backend| backend.name)
            .unwrap_or_default()
    };
    let has_data = move || {
        matches!(
            session.get(),
            Some(
                SessionView::SignedOut { has_data: true, .. }
                    | SessionView::SignedIn {
                        is_lapsed: true,
                        ..
                    }
            )
        )
    };
    view! {
        <p>{move || td_string!(lang, account.sign_in.explain, backend = backend())}</p>
        {move || has_data().then(|| view! { <p>{td_string!(lang, account.sign_in.kept)}</p> })}
        <h2 class="nhsuk-heading-s">{td_string!(lang, account.sign_in.steps_heading)}</h2>
        <ol class="nhsuk-list nhsuk-list--number">
            <li>{td_string!(lang, account.sign_in.step_browser)}</li>
            <li>{td_string!(lang, account.sign_in.step_sign_in)}</li>
            <li>{td_string!(lang, account.sign_in.step_return)}</li>
        </ol>
        <Button on_click=move |_| start.run(()) id="sign-in">
            {td_string!(lang, account.sign_in.button)}
        </Button>
        {move || {
            (!session.is_signed_in())
                .then(|| {
                    view! {
                        <p>
                            <a href="/welcome/service">
                                {td_string!(lang, account.sign_in.change_service)}
                            </a>
                        </p>
                    }
                })
        }}
    }
}

/// While the patient is in the browser.
#[component]
fn Waiting(#[prop(into)] cancel: Callback<()>) -> impl IntoView {
    let lang = lang();
    view! {
        <p>{td_string!(lang, account.sign_in.waiting_hint)}</p>
        <Button
            kind=ButtonKind::Secondary
            on_click=move |_| cancel.run(())
            id="cancel-sign-in"
        >
            {td_string!(lang, account.sign_in.cancel)}
        </Button>
    }
}
