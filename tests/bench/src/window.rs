//! How long the real window takes to show a saved record, and what it holds in memory, beside a bare
//! page in the same engine. Both are started by the same driver, whose own time counts for both.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};
use tokio::process::{Child, Command};

use crate::Failure;

/// Longer than this is no start.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a window is left alone before its memory is taken: by then it has drawn everything.
const SETTLED: Duration = Duration::from_secs(2);

/// What a start of a window took.
pub(crate) struct Opened {
    /// From the request for the window to what is waited for in it, in milliseconds.
    pub(crate) wall: f64,
    /// What its processes hold when nothing goes on any more, in MiB; what they share with others is
    /// counted in parts (`Pss` of `proc_pid_smaps_rollup(5)`).
    pub(crate) memory: f64,
}

/// Opens the app on a device whose record is saved, with its server away, and waits for the page that
/// a patient lands on.
pub(crate) fn app(driver: &Path, shell: &Path, device: &Path) -> Result<Opened, Failure> {
    let program = json!({"binary": shell, "args": []});
    open(
        driver,
        device,
        What::Program(program),
        "return document.querySelector('#jobs-title') !== null;",
    )
}

/// Opens the engine's own small browser on a page with fifty rows of text.
pub(crate) fn bare(driver: &Path, device: &Path) -> Result<Opened, Failure> {
    let page = device.join("bare.html");
    let row = "<li>Blood pressure 120/80 mmHg, 23 November 2026</li>";
    std::fs::write(
        &page,
        format!(
            "<!doctype html><title>Bare</title><ul>{}</ul>",
            row.repeat(50)
        ),
    )?;
    open(
        driver,
        device,
        What::Page(format!("file://{}", page.display())),
        "return document.querySelectorAll('li').length === 50;",
    )
}

/// What the driver opens.
enum What {
    /// A program of ours, by the driver's options for it.
    Program(serde_json::Value),
    /// A page in the engine's own browser.
    Page(String),
}

#[tokio::main(flavor = "current_thread")]
async fn open(driver: &Path, device: &Path, what: What, is_shown: &str) -> Result<Opened, Failure> {
    hale_remote::install_crypto();
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let mut driver = start(driver, device, port).await?;
    let mut capabilities = Capabilities::new();
    if let What::Program(program) = &what {
        capabilities.set("webkitgtk:browserOptions", program)?;
    }
    let address = format!("http://127.0.0.1:{port}");
    let began = Instant::now();
    let window = WebDriver::new(&address, capabilities).await?;
    if let What::Page(page) = &what {
        window.goto(page).await?;
    }
    while window.execute(is_shown, Vec::new()).await?.json() != &json!(true) {
        if began.elapsed() > PATIENCE {
            return Err("the window never showed what was waited for".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let wall = began.elapsed().as_secs_f64() * 1000.0;
    tokio::time::sleep(SETTLED).await;
    let memory = memory_below(driver.id().unwrap_or_default());
    window.quit().await?;
    driver.kill().await?;
    Ok(Opened { wall, memory })
}

/// The driver, ready to open windows on a device.
async fn start(program: &Path, device: &Path, port: u16) -> Result<Child, Failure> {
    let driver = Command::new(program)
        .arg(format!("--port={port}"))
        .env("TAURI_AUTOMATION", "true")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("XDG_DATA_HOME", device.join("data"))
        .env("XDG_CONFIG_HOME", device.join("config"))
        .env("XDG_CACHE_HOME", device.join("cache"))
        .env_remove("HALE_BACKEND_URL")
        // The virtual screen has no graphics card.
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let began = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .is_err()
    {
        if began.elapsed() > PATIENCE {
            return Err("the driver of the window does not start".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(driver)
}

/// The memory of all processes that a process started, directly or not, in MiB.
fn memory_below(process: u32) -> f64 {
    let own = |process: u32| {
        let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
        let rollup = rollup.unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
            .map_or(0.0, |kib| kib / 1024.0)
    };
    children(process)
        .into_iter()
        .map(|child| own(child) + memory_below(child))
        .sum()
}

fn children(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task"));
    let lists = threads
        .into_iter()
        .flatten()
        .flatten()
        .map(|thread| thread.path().join("children"));
    lists
        .filter_map(|list| std::fs::read_to_string(list).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|child| child.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

/// The programs that the environment names, where it does.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    Some((named("HALE_WEBDRIVER")?, named("HALE_BIN")?))
}
