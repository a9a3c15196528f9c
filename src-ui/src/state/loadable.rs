//! Something asked of the shell: the last answer, the last error, and asking again.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use hale_contracts::error::ErrorView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Sync;
use crate::ipc::Answer;

type Fetch<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Answer<T>>>>>;

/// Something that a screen asks the shell for.
///
/// The previous answer is kept while it is asked for again, so that nothing blinks. When answers
/// overtake each other, the one asked for last counts.
pub(crate) struct Loadable<T: Send + std::marker::Sync + 'static> {
    value: RwSignal<Option<T>>,
    error: RwSignal<Option<ErrorView>>,
    failures: RwSignal<u32>,
    is_loading: RwSignal<bool>,
    asked: StoredValue<u32>,
    fetch: StoredValue<Fetch<T>, LocalStorage>,
}

impl<T: Send + std::marker::Sync + 'static> Clone for Loadable<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + std::marker::Sync + 'static> Copy for Loadable<T> {}

impl<T: Clone + PartialEq + Send + std::marker::Sync + 'static> Loadable<T> {
    /// Asks at once. In an effect's or a component's set-up only.
    pub(crate) fn new<F>(fetch: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Answer<T>> + 'static,
    {
        let fetch: Fetch<T> = Rc::new(move || Box::pin(fetch()));
        let loadable = Self {
            value: RwSignal::new(None),
            error: RwSignal::new(None),
            failures: RwSignal::new(0),
            is_loading: RwSignal::new(false),
            asked: StoredValue::new(0),
            fetch: StoredValue::new_local(fetch),
        };
        loadable.reload();
        loadable
    }

    /// As [`Loadable::new`], and again whenever a check brought something new.
    pub(crate) fn synced<F>(fetch: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Answer<T>> + 'static,
    {
        let loadable = Self::new(fetch);
        let sync = Sync::expect();
        Effect::new(move |before: Option<u32>| {
            let changes = sync.changes();
            if before.is_some_and(|before| before != changes) {
                loadable.reload();
            }
            changes
        });
        loadable
    }

    /// Asks again, and keeps what there is until the answer is here.
    pub(crate) fn reload(self) {
        let Some(fetch) = self.fetch.try_get_value() else {
            return;
        };
        let turn = self.asked.get_value() + 1;
        self.asked.set_value(turn);
        self.is_loading.set(true);
        spawn_local(async move {
            let answer = fetch().await;
            // The screen may be gone by now, or may have asked again.
            if self.asked.try_get_value() == Some(turn) {
                self.arrived(answer);
            }
        });
    }

    fn arrived(self, answer: Answer<T>) {
        self.is_loading.set(false);
        match answer {
            Ok(value) => {
                self.failures.set(0);
                if self.error.with_untracked(Option::is_some) {
                    self.error.set(None);
                }
                // An equal answer draws nothing anew: focus and scrolling stay where they are.
                if self
                    .value
                    .with_untracked(|old| old.as_ref() != Some(&value))
                {
                    self.value.set(Some(value));
                }
            }
            Err(error) => {
                self.failures.update(|count| *count += 1);
                self.error.set(Some(error));
            }
        }
    }

    /// The last answer. Tracked.
    pub(crate) fn get(self) -> Option<T> {
        self.value.get()
    }

    /// The error of the last attempt, if it failed. Tracked.
    pub(crate) fn error(self) -> Option<ErrorView> {
        self.error.get()
    }

    /// How many attempts in a row have failed. Tracked.
    pub(crate) fn failures(self) -> Signal<u32> {
        self.failures.into()
    }

    /// Whether an attempt is under way. Tracked.
    pub(crate) fn is_loading(self) -> bool {
        self.is_loading.get()
    }
}
