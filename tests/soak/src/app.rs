//! The app on a folder, as patients get it but for how long it waits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hale_cache::LocalDevice;
use hale_core::app::Hale;
use hale_remote::{HttpBackends, HttpOptions};
use hale_support::{TestClock, Visitor};

use crate::keys::FolderKeys;

/// The app.
pub(crate) type App = Hale<LocalDevice, HttpBackends, TestClock>;

/// The app with its data and its keys below a folder.
pub(crate) fn open(
    folder: &Path,
    backend: &str,
    visitor: Visitor,
    clock: &TestClock,
) -> std::io::Result<App> {
    let (data, keys) = (folder.join("data"), folder.join("keys"));
    std::fs::create_dir_all(&data)?;
    std::fs::create_dir_all(&keys)?;
    let options = HttpOptions {
        request_timeout: Duration::from_millis(500),
        retry_delay: Duration::from_millis(10),
        retry_after_limit: Duration::from_millis(100),
        sign_in_limit: Duration::from_secs(20),
        ..HttpOptions::default()
    };
    let app = Hale::new(
        LocalDevice::with_keys(data, FolderKeys(keys)),
        HttpBackends::new(options, Arc::new(clock.clone())),
        clock.clone(),
        Arc::new(visitor),
    );
    Ok(app.with_backend(backend.to_owned()))
}
