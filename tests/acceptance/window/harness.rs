//! Starting the window and acting in it as a person would.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, WebDriver};
use tokio::process::{Child, Command};

use super::screen::{Picture, ask_to_close, give_keyboard};

/// How long a person would wait at most for anything in these tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// One window at a time: there is one screen, and the app refuses to start twice.
static SCREEN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A named program or file of the environment.
pub(crate) fn given(name: &str) -> PathBuf {
    std::env::var_os(name)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("{name} is not set: run these tests by `cargo xtask test`"))
}

/// A device: its folders outlive the window, so that the app can be started again on it.
pub(crate) struct TestDevice {
    folder: tempfile::TempDir,
    _screen: tokio::sync::MutexGuard<'static, ()>,
}

impl TestDevice {
    pub(crate) async fn new() -> Self {
        let screen = SCREEN.lock().await;
        hale_support::install_crypto();
        Self {
            folder: tempfile::tempdir().unwrap(),
            _screen: screen,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the app keeps its files: by its `identifier` in `tauri.conf.json`.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder().join("data").join("uk.hale.app")
    }

    /// Where the browser program leaves the address that it was asked to open.
    fn asked_for(&self) -> PathBuf {
        self.folder().join("asked-for")
    }

    /// A program that stands where the system looks for a browser. It only passes the address on:
    /// the test opens it in a real one.
    fn browser_program(&self) -> PathBuf {
        let program = self.folder().join("browser");
        let text = format!(
            "#!/bin/sh\nprintf '%s' \"$1\" > '{0}.part' && mv '{0}.part' '{0}'\n",
            self.asked_for().display()
        );
        std::fs::write(&program, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        program
    }

    /// Waits for the address that the app opens in the browser.
    pub(crate) async fn address_opened(&self) -> String {
        let file = self.asked_for();
        let began = Instant::now();
        loop {
            if let Ok(address) = std::fs::read_to_string(&file) {
                std::fs::remove_file(&file).unwrap();
                return address;
            }
            assert!(began.elapsed() < PATIENCE, "the browser was never opened");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// An open window.
pub(crate) struct Window {
    pub(crate) driver: WebDriver,
    driver_program: Child,
}

impl Window {
    /// Starts the app on a device, against a backend, or as it is without one named. Nothing that a
    /// test before it left behind may still run: a failed one does not close its window.
    pub(crate) async fn open(device: &TestDevice, backend: Option<&str>) -> Self {
        end_all(&given("HALE_BIN")).await;
        let port = free_port();
        let mut program = Command::new(given("HALE_WEBDRIVER"));
        if let Some(backend) = backend {
            program.env("HALE_BACKEND_URL", backend);
        } else {
            program.env_remove("HALE_BACKEND_URL");
        }
        let driver_program = program
            .arg(format!("--port={port}"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("BROWSER", device.browser_program())
            .env("XDG_DATA_HOME", device.folder().join("data"))
            .env("XDG_CONFIG_HOME", device.folder().join("config"))
            .env("XDG_CACHE_HOME", device.folder().join("cache"))
            // The virtual screen has no graphics card.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the WebDriver program starts");
        let mut capabilities = Capabilities::new();
        capabilities
            .set(
                "webkitgtk:browserOptions",
                serde_json::json!({"binary": given("HALE_BIN"), "args": []}),
            )
            .expect("the options are JSON");
        let address = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        let driver = loop {
            match WebDriver::new(&address, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(error) => assert!(began.elapsed() < PATIENCE, "no window: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        driver
            .set_script_timeout(PATIENCE)
            .await
            .expect("a script may take a while");
        Self {
            driver,
            driver_program,
        }
    }

    /// Waits until the window has the keyboard.
    pub(crate) async fn take_keyboard(&self) {
        let began = Instant::now();
        while self.script("return document.hasFocus();").await != true {
            assert!(began.elapsed() < PATIENCE, "the window is not active");
            give_keyboard();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Closes the window, as a person would. With it ends the app, whatever it was doing: as long as
    /// it runs it refuses to start again.
    pub(crate) async fn close(mut self) {
        ask_to_close();
        await_end(&given("HALE_BIN")).await;
        drop(self.driver_program.kill().await);
    }

    /// Waits until the page's heading is this.
    pub(crate) async fn heading(&self, text: &str) {
        let began = Instant::now();
        let mut last = String::new();
        while began.elapsed() < PATIENCE {
            if let Ok(heading) = self.driver.find(By::Tag("h1")).await
                && let Ok(found) = heading.text().await
            {
                if found.trim() == text {
                    return;
                }
                last = found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.fail(&format!("no heading {text:?}, but {last:?}"))
            .await;
    }

    /// Waits until the page's text has this somewhere.
    pub(crate) async fn text(&self, text: &str) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.body().await.contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.fail(&format!("the page does not say {text:?}")).await;
    }

    /// The page's whole text.
    pub(crate) async fn body(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits for an element and clicks it.
    pub(crate) async fn click(&self, css: &str) {
        let began = Instant::now();
        let mut last = String::from("not there");
        while began.elapsed() < PATIENCE {
            match self.driver.find(By::Css(css)).await {
                Ok(element) => match press(&element).await {
                    Ok(()) => return,
                    Err(error) => last = error.to_string(),
                },
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.fail(&format!("could not click {css}: {last}")).await;
    }

    /// Clicks the first link or button with this text.
    pub(crate) async fn click_text(&self, text: &str) {
        self.click_by(&format!(
            "//*[self::a or self::button][contains(normalize-space(.), {})]",
            quoted(text)
        ))
        .await;
    }

    /// Clicks the first element of a kind with just this text.
    pub(crate) async fn click_text_of(&self, tag: &str, text: &str) {
        self.click_by(&format!("//{tag}[normalize-space(.) = {}]", quoted(text)))
            .await;
    }

    async fn click_by(&self, path: &str) {
        let began = Instant::now();
        let mut last = String::from("not there");
        while began.elapsed() < PATIENCE {
            match self.driver.find(By::XPath(path)).await {
                Ok(element) => match press(&element).await {
                    Ok(()) => return,
                    Err(error) => last = error.to_string(),
                },
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.fail(&format!("could not click {path}: {last}")).await;
    }

    /// Types into a field in place of what is there.
    pub(crate) async fn replace(&self, css: &str, text: &str) {
        let field = self.driver.find(By::Css(css)).await.expect("the field");
        field.clear().await.expect("the field can be emptied");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Waits for a field and types into it.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Ok(field) = self.driver.find(By::Css(css)).await
                && field.send_keys(text).await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.fail(&format!("no field {css}")).await;
    }

    /// Waits until an element is there.
    pub(crate) async fn there(&self, css: &str) {
        self.wait_for(css, true).await;
    }

    /// Waits until no such element is there.
    pub(crate) async fn gone(&self, css: &str) {
        self.wait_for(css, false).await;
    }

    async fn wait_for(&self, css: &str, wanted: bool) {
        let began = Instant::now();
        while self.has(css).await != wanted {
            if began.elapsed() > PATIENCE {
                self.fail(&format!("{css} there: {}", !wanted)).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses a key where the focus is.
    pub(crate) async fn press(&self, key: &str) {
        self.driver
            .active_element()
            .await
            .expect("something has the focus")
            .send_keys(key)
            .await
            .unwrap_or_else(|error| panic!("the key is not taken: {error}"));
    }

    /// Waits until the page's text has this nowhere.
    pub(crate) async fn gone_text(&self, text: &str) {
        let began = Instant::now();
        while self.body().await.contains(text) {
            if began.elapsed() > PATIENCE {
                self.fail(&format!("the page still says {text:?}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether an element is there now.
    pub(crate) async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Keeps a picture of the window in the gallery, once it has stopped changing.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = given("HALE_GALLERY_DIR");
        std::fs::create_dir_all(&folder).unwrap();
        let screen = given("HALE_SCREEN");
        let (width, height) = self.size().await;
        let began = Instant::now();
        let mut last = Picture::take(&screen, width, height);
        loop {
            tokio::time::sleep(Duration::from_millis(120)).await;
            let next = Picture::take(&screen, width, height);
            if next == last || began.elapsed() > Duration::from_secs(3) {
                break;
            }
            last = next;
        }
        last.keep(&folder.join(format!("{name}.png")));
    }

    /// The window's inner size in CSS pixels, which are the screen's.
    pub(crate) async fn size(&self) -> (u32, u32) {
        let size = self.script("return [innerWidth, innerHeight];").await;
        let side = |at: usize| u32::try_from(size[at].as_u64().expect("a side")).expect("small");
        (side(0), side(1))
    }

    /// What a script in the page answers.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("the page runs {script}: {error}"))
            .json()
            .clone()
    }

    /// Makes the window as wide as a phone or a desktop.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.driver
            .set_window_rect(0, 0, width, height)
            .await
            .expect("the window takes another size");
        let began = Instant::now();
        while self.size().await != (width, height) {
            assert!(
                began.elapsed() < PATIENCE,
                "the window stays {:?} instead of {width} x {height}",
                self.size().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Fails with a picture and what the page says, as far as a window in trouble gives them.
    pub(crate) async fn fail(&self, why: &str) -> ! {
        let limit = Duration::from_secs(5);
        let body = tokio::time::timeout(limit, self.body())
            .await
            .unwrap_or_else(|_| String::from("(the window does not answer)"));
        if tokio::time::timeout(limit, self.picture("failed"))
            .await
            .is_err()
        {
            eprintln!("no picture of the failure could be taken");
        }
        panic!("{why}\n--- the page says ---\n{body}");
    }
}

/// Clicks an element where a person would have scrolled it to.
async fn press(element: &WebElement) -> WebDriverResult<()> {
    element.scroll_into_view().await?;
    element.click().await
}

fn quoted(text: &str) -> String {
    assert!(
        !text.contains('"'),
        "a text with quotes cannot be looked for"
    );
    format!("\"{text}\"")
}

/// The processes of a program.
fn processes_of(program: &Path) -> Vec<PathBuf> {
    std::fs::read_dir("/proc")
        .expect("the list of processes")
        .filter_map(Result::ok)
        .map(|process| process.path())
        .filter(|process| {
            std::fs::read_link(process.join("exe")).is_ok_and(|running| running == program)
        })
        .collect()
}

/// Ends every process of a program.
async fn end_all(program: &Path) {
    for process in processes_of(program) {
        let id = process.file_name().expect("a process has a number");
        drop(Command::new("kill").arg("-9").arg(id).status().await);
    }
    await_end(program).await;
}

/// Waits until no process of a program is there.
async fn await_end(program: &Path) {
    let began = Instant::now();
    while !processes_of(program).is_empty() {
        assert!(
            began.elapsed() < PATIENCE * 2,
            "{} does not end",
            program.display()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
