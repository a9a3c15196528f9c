//! Saying that a notice about access was read.

use hale_contracts::changes::DismissAccessNoticeRequest;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Sync;
use crate::components::focus_heading;
use crate::ipc;

/// Says that the patient has read a notice about access. Without an answer the notice stays, and the
/// patient can say it again.
pub(crate) fn dismiss_access_notice() -> Callback<DismissAccessNoticeRequest> {
    let sync = Sync::expect();
    Callback::new(move |request| {
        spawn_local(async move {
            if ipc::dismiss_access_notice(request).await.is_ok() {
                // The button that had the focus goes with the notice.
                focus_heading();
                sync.something_changed();
            }
        });
    })
}
