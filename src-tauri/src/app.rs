//! The composition root: which device, which backends, which clock.

use std::path::PathBuf;
use std::sync::Arc;

use hale_cache::LocalDevice;
use hale_core::app::Hale;
use hale_core::ports::SystemClock;
use hale_remote::{HttpBackends, HttpOptions};
use tauri::{AppHandle, Manager};

use crate::browser::SystemBrowser;

/// The app as the shell runs it.
pub(crate) type App = Hale<LocalDevice, HttpBackends, SystemClock>;

/// The backend to use, for testers: the FHIR base address. `cargo xtask run` sets it.
const BACKEND_VARIABLE: &str = "HALE_BACKEND_URL";

/// Puts the app together for this device. Opens no file yet: the first command does.
pub(crate) fn put_together(handle: &AppHandle) -> tauri::Result<App> {
    let device = LocalDevice::new(data_folder(handle)?);
    let backends = HttpBackends::new(HttpOptions::default(), Arc::new(SystemClock));
    let browser = Arc::new(SystemBrowser::new(handle.clone()));
    let hale = Hale::new(device, backends, SystemClock, browser);
    Ok(match std::env::var(BACKEND_VARIABLE) {
        Ok(url) if !url.is_empty() => hale.with_backend(url),
        _ => hale,
    })
}

/// The folder with the encrypted files.
pub(crate) fn data_folder(handle: &AppHandle) -> tauri::Result<PathBuf> {
    handle.path().app_local_data_dir()
}
