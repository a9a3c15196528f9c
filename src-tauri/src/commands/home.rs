//! The first screen.

use hale_contracts::changes::DismissAccessNoticeRequest;
use hale_contracts::home::HomeView;
use tauri::State;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn get_home(app: State<'_, App>) -> Answer<HomeView> {
    app.home().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn dismiss_access_notice(
    app: State<'_, App>,
    request: DismissAccessNoticeRequest,
) -> Answer<()> {
    app.dismiss_access_notice(request).await.map_err(to_view)
}
