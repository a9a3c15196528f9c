//! There is data on this device that cannot be opened: why, and a way out that loses nothing
//! unless the patient says so.

use hale_contracts::account::{MendedView, SessionView};
use hale_contracts::error::{ErrorCode, ErrorView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, ErrorPanel, ErrorWords, Page};
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
    let mended = RwSignal::new(None::<MendedView>);
    let title = Signal::derive(move || {
        let title = match error.get() {
            _ if mended.with(Option::is_some) => td_string!(lang, account.locked.mended),
            Some(error) if may_open_later(&error) => {
                td_string!(lang, account.locked.title_waiting)
            }
            Some(error) if cannot_write(&error) => {
                td_string!(lang, account.locked.title_cannot_write)
            }
            _ => td_string!(lang, account.locked.title),
        };
        title.to_owned()
    });
    let words = move || {
        error.get().map(|error| {
            let may_remove = may_be_loaded_again(&error);
            let may_mend = may_be_mended(&error);
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
                {may_mend.then(|| view! { <Mend mended=mended/> })}
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
    view! {
        <Page title=title>
            {move || match mended.get() {
                Some(view) => view! { <Mended mended=view/> }.into_any(),
                None => words().into_any(),
            }}
        </Page>
    }
}

/// "Keep what still reads": the patient's yes.
#[component]
fn Mend(
    /// What became of it.
    mended: RwSignal<Option<MendedView>>,
) -> impl IntoView {
    let lang = lang();
    let is_busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ErrorView>);
    let mend = move |_| {
        is_busy.set(true);
        refused.set(None);
        spawn_local(async move {
            match ipc::mend().await {
                Ok(view) => mended.set(Some(view)),
                Err(error) => refused.set(Some(error)),
            }
            is_busy.set(false);
        });
    };
    view! {
        {move || {
            refused
                .get()
                .map(|error| {
                    view! {
                        <ErrorPanel
                            error=error
                            what=""
                            heading=td_string!(lang, account.locked.mend_error)
                        />
                    }
                })
        }}
        <Button on_click=mend is_busy=is_busy id="mend">
            {move || {
                if is_busy.get() {
                    td_string!(lang, account.locked.mending)
                } else {
                    td_string!(lang, account.locked.mend)
                }
            }}
        </Button>
        <p class="hale-quiet">{td_string!(lang, account.locked.mend_hint)}</p>
    }
}

/// What was kept and what was not, before going on.
#[component]
fn Mended(
    /// What became of it.
    mended: MendedView,
) -> impl IntoView {
    let lang = lang();
    let session = Session::expect();
    let MendedView {
        kept,
        lost,
        kept_aside,
        session: after,
    } = mended;
    let lost = match lost {
        Some(count) => td_string!(lang, account.locked.mended_lost, count = count),
        None => td_string!(lang, account.locked.mended_lost_unknown).to_owned(),
    };
    view! {
        <ul class="nhsuk-list nhsuk-list--bullet">
            <li>{td_string!(lang, account.locked.mended_kept, count = kept)}</li>
            <li>{lost}</li>
        </ul>
        <p>{td_string!(lang, account.locked.mended_counts)}</p>
        <p>
            <strong>{td_string!(lang, account.locked.mended_check)}</strong>
        </p>
        {kept_aside
            .map(|name| {
                view! {
                    <p>{td_string!(lang, account.locked.mended_aside)} " " <code>{name}</code></p>
                }
            })}
        <Button on_click=move |_| session.set(after.clone()) id="carry-on">
            {td_string!(lang, account.locked.mended_next)}
        </Button>
    }
}

/// The keychain may only be locked for the moment.
fn may_open_later(error: &ErrorView) -> bool {
    matches!(error.code, ErrorCode::KeychainUnavailable)
}

/// What is saved may be whole: this device only cannot write now.
fn cannot_write(error: &ErrorView) -> bool {
    matches!(
        error.code,
        ErrorCode::DiskFull | ErrorCode::FolderReadOnly | ErrorCode::CannotSave
    )
}

/// Whether what the patient made is damaged, so that it can be mended.
fn may_be_mended(error: &ErrorView) -> bool {
    matches!(error.code, ErrorCode::StoreDamaged)
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
        for code in [
            ErrorCode::DiskFull,
            ErrorCode::FolderReadOnly,
            ErrorCode::CannotSave,
        ] {
            let error = ErrorView::new(code);
            assert!(!may_be_loaded_again(&error) && cannot_write(&error));
        }
    }

    #[test]
    fn only_what_is_damaged_is_mended() {
        let offers = |code| may_be_mended(&ErrorView::new(code));
        assert!(offers(ErrorCode::StoreDamaged));
        assert!(!offers(ErrorCode::KeyMissing));
        assert!(!offers(ErrorCode::WrongKey));
        assert!(!offers(ErrorCode::StoreTooNew));
        assert!(!offers(ErrorCode::DiskFull));
    }
}
