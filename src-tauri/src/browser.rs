//! Opening the system browser. Pages are never opened inside a window of ours (RFC 8252 §8.12).

use hale_core::ports::{BrowserError, OpenBrowser};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

/// The system's own browser.
pub(crate) struct SystemBrowser {
    handle: AppHandle,
}

impl SystemBrowser {
    pub(crate) fn new(handle: AppHandle) -> Self {
        Self { handle }
    }
}

impl OpenBrowser for SystemBrowser {
    fn open(&self, url: &str) -> Result<(), BrowserError> {
        // `BROWSER` names the program where a person or a test has set one; the opener alone does
        // not look at it on every desktop.
        #[cfg(all(unix, not(target_os = "macos"), not(target_os = "android")))]
        if let Some(program) = std::env::var_os("BROWSER").filter(|program| !program.is_empty()) {
            return std::process::Command::new(program)
                .arg(url)
                .spawn()
                .map(|mut child| {
                    // Waited for on a thread of its own, so that no dead process is left behind.
                    std::thread::spawn(move || child.wait());
                })
                .map_err(|error| BrowserError(Some(Box::new(error))));
        }
        self.handle
            .opener()
            .open_url(url, None::<&str>)
            .map_err(|error| BrowserError(Some(Box::new(error))))
    }
}
