//! There is data on this device that cannot be opened: why, and a way out that loses nothing
//! unless the patient says so.

use hale_contracts::account::SessionView;
use hale_contracts::error::{ErrorCode, ErrorView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, ErrorWords, Page};
use crate::ipc;
use crate::state::Session;
use crate::wording::{lang, td_string};

/// The page.
#[component]
pub(crate) fn LockedPage() -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let error = Memo::new(move |_| match session.get() {
        Some(SessionView::Locked { error }) => Some(error),
        _ => None,
    });
    let is_busy = RwSignal::new(false);
    let again = move |_| {
        is_busy.set(true);
        spawn_local(async move {
            if let Ok(view) = ipc::get_session().await {
                session.set(view);
            }
            is_busy.set(false);
        });
    };
    let title = Signal::derive(move || {
        let title = match error.get() {
            Some(error) if may_open_later(&error) => {
                td_string!(lang, account.locked.title_waiting)
            }
            _ => td_string!(lang, account.locked.title),
        };
        title.to_owned()
    });
    let words = move || {
        error.get().map(|error| {
            let may_remove = may_be_loaded_again(&error);
            let reference = error.reference.clone();
            view! {
                <ErrorWords error=error/>
                <p>
                    <strong>{td_string!(lang, account.locked.safe)}</strong>
                </p>
                <Button on_click=again is_busy=is_busy id="try-again">
                    {move || {
                        if is_busy.get() {
                            td_string!(lang, account.locked.trying)
                        } else {
                            td_string!(lang, account.locked.try_again)
                        }
                    }}
                </Button>
                {may_remove
                    .then(|| {
                        view! {
                            <p>
                                <a href="/settings/remove">
                                    {td_string!(lang, account.locked.remove)}
                                </a>
                            </p>
                            <p class="hale-quiet">{td_string!(lang, account.locked.remove_hint)}</p>
                        }
                    })}
                <p>
                    <a href="/help">{td_string!(lang, account.locked.help)}</a>
                </p>
                <p class="nhsuk-body-s hale-problem__reference">
                    {td_string!(lang, common.problem.reference, reference = reference)}
                </p>
            }
        })
    };
    view! { <Page title=title>{words}</Page> }
}

/// The keychain may only be locked for the moment.
fn may_open_later(error: &ErrorView) -> bool {
    matches!(error.code, ErrorCode::KeychainUnavailable)
}

/// Whether removing what is saved is a sensible way out. Never for a locked keychain or a newer
/// file: those open again without losing anything.
fn may_be_loaded_again(error: &ErrorView) -> bool {
    matches!(
        error.code,
        ErrorCode::KeyMissing | ErrorCode::WrongKey | ErrorCode::StoreDamaged
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_is_offered_only_where_nothing_else_helps() {
        let offers = |code| may_be_loaded_again(&ErrorView::new(code));
        assert!(offers(ErrorCode::KeyMissing));
        assert!(offers(ErrorCode::WrongKey));
        assert!(offers(ErrorCode::StoreDamaged));
        assert!(
            !offers(ErrorCode::KeychainUnavailable),
            "it only needs unlocking"
        );
        assert!(
            !offers(ErrorCode::StoreTooNew),
            "it only needs a newer Hale"
        );
    }
}
