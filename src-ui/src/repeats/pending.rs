//! What of a request the server has not acknowledged, and what can be done about it.

use hale_contracts::outbox::{
    ParkedView, PendingRequestId, PendingRequestView, PendingStateView, RequestKindView,
};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::done::Said;
use super::{LIST, words};
use crate::components::{Act, ActStatus, Button, ButtonKind, InsetText, WarningCallout};
use crate::ipc;
use crate::wording::{lang, td_string};

/// How it stands, and the buttons that help.
#[component]
pub(super) fn PendingPanel(
    /// The request.
    pending: PendingRequestView,
) -> impl IntoView {
    let lang = lang();
    let act = Act::new();
    let navigate = use_navigate();
    let id = PendingRequestId {
        id: pending.id.clone(),
    };
    let is_parked = matches!(pending.state, PendingStateView::Parked { .. });
    let is_order = pending.kind == RequestKindView::RepeatRequest;
    let says = match &pending.state {
        PendingStateView::Parked {
            because: ParkedView::Refused { server_says },
        } => server_says.clone(),
        _ => None,
    };
    let again = pending.can_send_again.then(|| {
        let id = id.clone();
        view! {
            <Button
                id="send-again"
                kind=ButtonKind::Warning
                on_click=move |_| act.run(ipc::send_request_again(id.clone()))
                is_busy=act.is_busy
            >
                {td_string!(lang, repeats.taking_back.again)}
            </Button>
        }
    });
    let undo = pending.can_undo.then(|| {
        let words = match (is_parked, is_order) {
            (true, _) if pending.can_send_again => td_string!(lang, repeats.taking_back.keep),
            (true, _) => td_string!(lang, repeats.order.seen),
            (false, true) => td_string!(lang, repeats.order.undo),
            (false, false) => td_string!(lang, repeats.taking_back.keep),
        };
        view! {
            <Button
                id="undo-request"
                kind=ButtonKind::Secondary
                on_click=move |_| {
                    let (id, navigate) = (id.clone(), navigate.clone());
                    act.run(async move {
                        let answer = ipc::undo_request(id).await;
                        // An order that only this device had is gone, and its page with it.
                        if answer.is_ok() && is_order {
                            navigate(LIST, NavigateOptions::default());
                        }
                        answer
                    });
                }
                is_busy=act.is_busy
            >
                {words}
            </Button>
        }
    });
    let body = view! {
        <p id="request-pending">{words::pending(lang, pending.kind, &pending.state)}</p>
        {says.map(|says| view! { <Said says /> })}
        <ActStatus act busy=td_string!(lang, repeats.taking_back.busy) />
        {again}
        {undo}
    };
    if is_parked {
        let heading = words::pending_tag(lang, &pending.state).0;
        view! { <WarningCallout heading>{body}</WarningCallout> }.into_any()
    } else {
        view! { <InsetText>{body}</InsetText> }.into_any()
    }
}
