//! The services that the record is read from.

use hale_contracts::account::ConfirmIdentityRequest;
use hale_contracts::sources::{LinkOutcomeView, LinkSourceRequest, SourceRequest, SourcesView};
use tauri::State;

use super::{Answer, to_view};
use crate::app::App;

#[tauri::command]
pub(crate) async fn get_sources(app: State<'_, App>) -> Answer<SourcesView> {
    app.sources().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn link_source(
    app: State<'_, App>,
    request: LinkSourceRequest,
) -> Answer<LinkOutcomeView> {
    app.link_source(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn confirm_link(
    app: State<'_, App>,
    request: ConfirmIdentityRequest,
) -> Answer<SourcesView> {
    app.confirm_link(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn sign_in_to_source(
    app: State<'_, App>,
    request: SourceRequest,
) -> Answer<SourcesView> {
    app.sign_in_to_source(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn unlink_source(
    app: State<'_, App>,
    request: SourceRequest,
) -> Answer<SourcesView> {
    app.unlink_source(request).await.map_err(to_view)
}
