//! Bringing the record up to date.

use hale_contracts::sync::{SyncProgress, SyncStatusView};
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn sync_now(
    app: State<'_, App>,
    on_progress: Channel<SyncProgress>,
) -> Answer<SyncStatusView> {
    let tell = |progress| {
        // A window that was closed or reloaded listens no more; the check goes on all the same.
        if on_progress.send(progress).is_err() {
            tracing::debug!("nobody listens to the progress");
        }
    };
    app.sync_now(&tell).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn stop_check(app: State<'_, App>) -> Answer<()> {
    app.stop_check();
    Ok(())
}

#[tauri::command]
pub(crate) async fn get_sync_status(app: State<'_, App>) -> Answer<SyncStatusView> {
    app.sync_status().await.map_err(to_view)
}
