//! The running check with the sources, for the whole window: when it starts, how far it is, and a
//! count that tells screens to ask again.

use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::sync::{SyncProgress, SyncStatusView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Session;
use super::triggers::Trigger;
use crate::ipc;

/// How often it is looked whether a check is due.
const MOMENT: std::time::Duration = std::time::Duration::from_secs(20);

/// The check and what it found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sync {
    status: RwSignal<Option<SyncStatusView>>,
    error: RwSignal<Option<ErrorView>>,
    is_running: RwSignal<bool>,
    /// Units done, and units in all.
    progress: RwSignal<(u32, u32)>,
    changes: RwSignal<u32>,
    /// When the last check began, as in [`Trigger::begins`].
    last: StoredValue<Option<f64>>,
    session: Session,
}

/// How something that fails stands between checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Failing {
    checks: u32,
    is_running: bool,
    /// Whether it had failed already when the check that is under way began.
    had_failed: bool,
}

impl Failing {
    fn after(before: Option<Self>, is_failed: bool, is_running: bool) -> Self {
        let before = before.unwrap_or_default();
        let has_begun = is_running && !before.is_running;
        let has_ended = before.is_running && !is_running;
        let checks = match (is_failed, before.checks) {
            (false, _) => 0,
            (true, 0) => 1,
            (true, checks) if has_ended && before.had_failed => checks + 1,
            (true, checks) => checks,
        };
        Self {
            checks,
            is_running,
            had_failed: if has_begun {
                before.checks > 0
            } else {
                before.had_failed && is_running
            },
        }
    }
}

impl Sync {
    /// Makes it known to everything below.
    pub(crate) fn provide(session: Session) -> Self {
        let sync = Self {
            status: RwSignal::new(None),
            error: RwSignal::new(None),
            is_running: RwSignal::new(false),
            progress: RwSignal::new((0, 0)),
            changes: RwSignal::new(0),
            last: StoredValue::new(None),
            session,
        };
        provide_context(sync);
        sync
    }

    /// The window's check.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// Reads everything again where the copy on this device turned out to be damaged: a check makes
    /// it anew. For whoever meets the damage; outside the window's frame there is no check.
    pub(crate) fn read_again_after(error: &ErrorView) {
        if error.code == ErrorCode::RecordDamaged
            && let Some(sync) = use_context::<Self>()
        {
            sync.start();
        }
    }

    /// Checks when the patient becomes signed in, whenever the window comes to the front, and every
    /// 15 minutes.
    pub(crate) fn keep_going(self) {
        let may_check =
            Memo::new(move |_| self.session.is_signed_in() && !self.session.is_lapsed());
        Effect::new(move || {
            if self.session.is_signed_in() {
                self.read_status();
            }
            if may_check.get() {
                self.hear(Trigger::Start);
            }
        });
        let again = move |trigger| {
            let is_visible = document().visibility_state() == web_sys::VisibilityState::Visible;
            if is_visible && may_check.try_get_untracked() == Some(true) {
                self.hear(trigger);
            }
        };
        let listener =
            window_event_listener_untyped("visibilitychange", move |_: web_sys::Event| {
                again(Trigger::Front);
            });
        // The network is back.
        let online = window_event_listener_untyped("online", move |_: web_sys::Event| {
            again(Trigger::Front);
        });
        let look = move || {
            spawn_local(async move {
                let status = ipc::get_sync_status().await;
                let is_sending_due = status.is_ok_and(|status| status.is_sending_due);
                again(Trigger::Moment { is_sending_due });
            });
        };
        let timer = set_interval_with_handle(look, MOMENT);
        on_cleanup(move || {
            listener.remove();
            online.remove();
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    }

    /// Checks now, as the patient asked, unless a check is under way.
    pub(crate) fn start(self) {
        self.hear(Trigger::Asked);
    }

    fn hear(self, trigger: Trigger) {
        let now = js_sys::Date::now();
        if self.is_running.get_untracked() || !trigger.begins(self.last.get_value(), now) {
            return;
        }
        self.is_running.set(true);
        self.last.set_value(Some(now));
        self.progress.set((0, 0));
        spawn_local(async move {
            let answer = ipc::sync_now(move |progress| self.heard(progress)).await;
            match answer {
                Ok(status) => {
                    self.error.set(None);
                    self.status.set(Some(status));
                }
                Err(error) => {
                    self.error.set(Some(error));
                    self.read_status();
                }
            }
            self.is_running.set(false);
            self.changes.update(|count| *count = count.wrapping_add(1));
            // A check is what finds out that a sign-in has lapsed.
            if let Ok(session) = ipc::get_session().await {
                self.session.set(session);
            }
        });
    }

    /// Ends the check that is under way. What arrived stays, and the next one goes on from there.
    pub(crate) fn stop(self) {
        // A check that cannot be stopped ends by itself.
        spawn_local(async move { drop(ipc::stop_check().await) });
    }

    fn heard(self, progress: SyncProgress) {
        match progress {
            SyncProgress::Started { units } => self.progress.set((0, units)),
            SyncProgress::Stored { .. } => {}
            SyncProgress::UnitDone { .. } => {
                self.progress.update(|(done, _)| *done += 1);
                self.changes.update(|count| *count = count.wrapping_add(1));
            }
            SyncProgress::Finished { status } => self.status.set(Some(status)),
        }
    }

    fn read_status(self) {
        spawn_local(async move {
            if let Ok(status) = ipc::get_sync_status().await {
                self.status.set(Some(status));
            }
        });
    }

    /// How everything stands. Tracked.
    pub(crate) fn status(self) -> Option<SyncStatusView> {
        self.status.get()
    }

    /// Why the last check as a whole could not be made, if so. Tracked.
    pub(crate) fn error(self) -> Option<ErrorView> {
        self.error.get()
    }

    /// Whether the last attempt found no network. Tracked.
    pub(crate) fn is_offline(self) -> bool {
        self.status
            .with(|status| status.as_ref().is_some_and(|status| status.is_offline))
    }

    /// Whether a check is under way. Tracked.
    pub(crate) fn is_running(self) -> bool {
        self.is_running.get()
    }

    /// Units done and units in all, while a check is under way. Tracked.
    pub(crate) fn progress(self) -> (u32, u32) {
        self.progress.get()
    }

    /// Grows whenever something new may be on the device. Tracked.
    pub(crate) fn changes(self) -> u32 {
        self.changes.get()
    }

    /// How many checks in a row left something failed: the first that is seen counts as one. Of a
    /// check that was under way when it was seen, nothing is counted twice.
    pub(crate) fn failed_checks(self, is_failed: Signal<bool>) -> Signal<u32> {
        let count = RwSignal::new(0);
        Effect::new(move |before: Option<Failing>| {
            let now = Failing::after(before, is_failed.get(), self.is_running.get());
            if count.get_untracked() != now.checks {
                count.set(now.checks);
            }
            now
        });
        count.into()
    }

    /// Tells every screen to ask again, for example after a booking.
    pub(crate) fn something_changed(self) {
        self.changes.update(|count| *count = count.wrapping_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_counts_once_for_each_check_that_left_it() {
        // Whether it is failed, whether a check runs, and how many checks count by then.
        let steps = [
            (false, true, 0),
            // Seen in the middle of the first check: one failure, also when that check ends.
            (true, true, 1),
            (true, false, 1),
            // Tried again, and failed again.
            (true, true, 1),
            (true, false, 2),
            (true, true, 2),
            (true, false, 3),
            // It worked.
            (true, true, 3),
            (false, true, 0),
            (false, false, 0),
            (true, false, 1),
        ];
        let mut state = None;
        for (at, (is_failed, is_running, expected)) in steps.into_iter().enumerate() {
            let now = Failing::after(state, is_failed, is_running);
            assert_eq!(now.checks, expected, "step {at}");
            state = Some(now);
        }
    }
}
