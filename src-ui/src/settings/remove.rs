//! "Are you sure?": removing everything of a person from this device.

use hale_contracts::account::{SessionView, SignOutRequest};
use hale_contracts::error::ErrorView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::components::{Button, ButtonKind, ErrorPanel, LinkButton, Page, WarningCallout};
use crate::ipc;
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn RemovePage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let refused = RwSignal::new(None::<ErrorView>);
    let is_busy = RwSignal::new(false);
    let navigate = use_navigate();
    // Without a sign-in there is no page of signing out to go back to.
    let is_signed_out = matches!(session.get_untracked(), Some(SessionView::SignedOut { .. }));
    let (back, back_text) = if is_signed_out {
        ("/settings", td_string!(lang, settings.title))
    } else {
        (
            "/settings/sign-out",
            td_string!(lang, settings.sign_out.title),
        )
    };
    let remove = move |_| {
        let navigate = navigate.clone();
        is_busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let request = SignOutRequest {
                remove_everything: true,
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
    };
    view! {
        <Page
            title=td_string!(lang, settings.remove.title)
            back=back
            back_text=back_text
        >
            {move || {
                refused
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorPanel
                                error=error
                                what=""
                                heading=td_string!(lang, settings.remove.error_heading)
                            />
                        }
                    })
            }}
            <WarningCallout heading=td_string!(lang, settings.remove.gone_heading)>
                <ul class="nhsuk-list nhsuk-list--bullet">
                    <li>{td_string!(lang, settings.remove.gone_record)}</li>
                    <li>{td_string!(lang, settings.remove.gone_drafts)}</li>
                    <li>{td_string!(lang, settings.remove.gone_sign_in)}</li>
                </ul>
                <p>{td_string!(lang, settings.remove.unconfirmed)}</p>
            </WarningCallout>
            <p>{td_string!(lang, settings.remove.stays)}</p>
            <div class="nhsuk-button-group">
                <Button
                    kind=ButtonKind::Warning
                    on_click=remove
                    is_busy=is_busy
                    id="remove-everything"
                >
                    {move || {
                        if is_busy.get() {
                            td_string!(lang, settings.remove.working)
                        } else {
                            td_string!(lang, settings.remove.confirm)
                        }
                    }}
                </Button>
                <LinkButton href="/settings" kind=ButtonKind::Secondary>
                    {td_string!(lang, settings.remove.cancel)}
                </LinkButton>
            </div>
        </Page>
    }
}
