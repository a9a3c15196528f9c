//! Signing out: with what is saved kept here, or removed after asking once more.

use hale_contracts::account::SignOutRequest;
use hale_contracts::error::ErrorView;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::components::{
    Button, ErrorPanel, ErrorSummary, Page, RadioItem, Radios, SummarisedError,
};
use crate::ipc;
use crate::state::Session;
use crate::wording::{lang, td_string};

const KEEP: &str = "keep";
const REMOVE: &str = "remove";

/// The page.
#[component]
pub(crate) fn SignOutPage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let chosen = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let refused = RwSignal::new(None::<ErrorView>);
    let is_busy = RwSignal::new(false);
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        is_missing.set(false);
        match chosen.get_untracked().as_str() {
            REMOVE => navigate("/settings/remove", NavigateOptions::default()),
            KEEP if !is_busy.get_untracked() => {
                let navigate = navigate.clone();
                is_busy.set(true);
                refused.set(None);
                spawn_local(async move {
                    let request = SignOutRequest {
                        remove_everything: false,
                    };
                    match ipc::sign_out(request).await {
                        Ok(view) => {
                            session.set(view);
                            navigate("/", NavigateOptions::default());
                        }
                        Err(error) => refused.set(Some(error)),
                    }
                    is_busy.set(false);
                });
            }
            KEEP => {}
            _ => is_missing.set(true),
        }
    };
    let words = move || td_string!(lang, settings.sign_out.error_choose).to_owned();
    let error = Signal::derive(move || is_missing.get().then(words));
    let errors = Signal::derive(move || {
        error
            .get()
            .map(|text| SummarisedError {
                field: Some("sign-out".to_owned()),
                text,
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    view! {
        <Page
            title=td_string!(lang, settings.sign_out.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            <ErrorSummary errors=errors/>
            {move || {
                refused
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                error=error
                                what=""
                                heading=td_string!(lang, settings.sign_out.error_heading)
                            />
                        }
                    })
            }}
            <form novalidate=true on:submit=submit>
                <Radios
                    name="sign-out"
                    legend=td_string!(lang, settings.sign_out.legend)
                    value=chosen
                    error=error
                    items=vec![
                        RadioItem::new(KEEP, td_string!(lang, settings.sign_out.keep))
                            .with_hint(td_string!(lang, settings.sign_out.keep_hint)),
                        RadioItem::new(REMOVE, td_string!(lang, settings.sign_out.remove))
                            .with_hint(td_string!(lang, settings.sign_out.remove_hint)),
                    ]
                />
                <Button is_busy=is_busy id="sign-out-continue">
                    {move || {
                        if is_busy.get() {
                            td_string!(lang, settings.sign_out.working)
                        } else {
                            td_string!(lang, settings.sign_out.button)
                        }
                    }}
                </Button>
            </form>
        </Page>
    }
}
