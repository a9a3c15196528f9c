//! Signing in and out, the server, the look of the window.

use hale_contracts::account::{
    AboutView, AppearanceView, BackendCheckView, BackendChoicesView, ChooseBackendRequest,
    ConfirmIdentityRequest, MendedView, SessionView, SignOutRequest,
};
use hale_contracts::error::{ErrorCode, ErrorView};
use hale_contracts::links::OfficialLink;
use hale_core::ports::OpenBrowser;
use tauri::{AppHandle, Manager, State};

use super::{Answer, to_view};
use crate::app::{App, data_folder};
use crate::browser::SystemBrowser;
use crate::presets;

#[tauri::command]
pub(crate) async fn get_session(app: State<'_, App>) -> Answer<SessionView> {
    Ok(app.start().await)
}

#[tauri::command]
pub(crate) async fn get_backends(app: State<'_, App>) -> Answer<BackendChoicesView> {
    Ok(BackendChoicesView {
        current: app.current_backend().await,
        presets: presets::all(),
    })
}

#[tauri::command]
pub(crate) async fn check_backend(
    app: State<'_, App>,
    request: ChooseBackendRequest,
) -> Answer<BackendCheckView> {
    app.check_backend(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn choose_backend(
    app: State<'_, App>,
    request: ChooseBackendRequest,
) -> Answer<SessionView> {
    app.choose_backend(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn sign_in(app: State<'_, App>) -> Answer<SessionView> {
    app.sign_in().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn cancel_sign_in(app: State<'_, App>) -> Answer<()> {
    app.cancel_sign_in();
    Ok(())
}

#[tauri::command]
pub(crate) async fn confirm_identity(
    app: State<'_, App>,
    request: ConfirmIdentityRequest,
) -> Answer<SessionView> {
    app.confirm_identity(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn sign_out(app: State<'_, App>, request: SignOutRequest) -> Answer<SessionView> {
    app.sign_out(request).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn mend(app: State<'_, App>) -> Answer<MendedView> {
    app.mend().await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_appearance(app: State<'_, App>) -> Answer<AppearanceView> {
    Ok(app.appearance().await)
}

#[tauri::command]
pub(crate) async fn set_appearance(app: State<'_, App>, appearance: AppearanceView) -> Answer<()> {
    app.set_appearance(appearance).await.map_err(to_view)
}

#[tauri::command]
pub(crate) async fn get_about(handle: AppHandle) -> Answer<AboutView> {
    let data_folder = data_folder(&handle).map_err(|_| ErrorView::new(ErrorCode::Internal))?;
    Ok(AboutView {
        version: handle.package_info().version.to_string(),
        data_folder: data_folder.display().to_string(),
        log_folder: handle
            .path()
            .app_log_dir()
            .ok()
            .map(|folder| folder.display().to_string()),
    })
}

#[tauri::command]
pub(crate) async fn open_link(handle: AppHandle, link: OfficialLink) -> Answer<()> {
    SystemBrowser::new(handle)
        .open(link.url())
        .map_err(|_| ErrorView::new(ErrorCode::BrowserUnavailable))
}
