//! Something asked of the shell by a button, and how that stands.

use std::future::Future;

use hale_contracts::error::ErrorView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus_heading;
use crate::state::Sync;
use crate::wording::{self, lang, td_string};

/// Something that a button asks for, once at a time.
#[derive(Clone, Copy)]
pub(crate) struct Act {
    /// Whether it is under way.
    pub(crate) is_busy: RwSignal<bool>,
    failed: RwSignal<Option<ErrorView>>,
    sync: Sync,
}

impl Act {
    pub(crate) fn new() -> Self {
        Self {
            is_busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            sync: Sync::expect(),
        }
    }

    /// Forgets that it failed.
    pub(crate) fn forget(self) {
        self.failed.set(None);
    }

    /// Runs it once; what it changed is read anew.
    pub(crate) fn run<T: 'static>(
        self,
        asked: impl Future<Output = Result<T, ErrorView>> + 'static,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            let answer = asked.await;
            // The page may have been left meanwhile.
            let _ = self.is_busy.try_set(false);
            match answer {
                Ok(_) => {
                    // The button goes with what it changed.
                    focus_heading();
                    self.sync.something_changed();
                }
                Err(error) => {
                    let _ = self.failed.try_set(Some(error));
                }
            }
        });
    }
}

/// What is said of it while it is under way, and when it failed.
#[component]
pub(crate) fn ActStatus(
    act: Act,
    /// What is said while it is under way.
    busy: &'static str,
) -> impl IntoView {
    let lang = lang();
    let status = move || {
        if act.is_busy.get() {
            return busy.to_owned();
        }
        act.failed.get().map_or_else(String::new, |error| {
            td_string!(
                lang,
                common.did_not_work,
                why = wording::error(lang, &error).why
            )
        })
    };
    view! {
        <p role="status" class="hale-check-status">
            {status}
        </p>
    }
}
