//! Owns the report on this machine. Changes nothing.

use crate::error::Outcome;
use crate::places::Places;
use crate::process;
use crate::say;
use crate::setup::{self, NEEDS, Need, Platform, Purpose};

/// Tells what is there and what is missing, and the command that installs the rest.
pub(crate) fn report(places: &Places) -> Outcome {
    let platform = Platform::here();
    say::line(format_args!("{:<10}{}", "rustc", version("rustc")));
    say::line(format_args!("{:<10}{}", "node", version("node")));
    say::line(format_args!("{:<10}{}", "npm", version("npm")));
    say::line("");

    let mut missing = Vec::new();
    for need in NEEDS.iter().filter(|need| platform.wants(need)) {
        let is_there = need.is_there();
        tell(is_there, need.name, need.purpose);
        if !is_there {
            missing.push(need);
        }
    }
    tell(
        setup::has_target(setup::WASM),
        "Rust target for the window",
        Purpose::Window,
    );
    tell(
        setup::has_target(setup::ANDROID),
        "Rust target for Android",
        Purpose::Test,
    );
    tell(
        setup::has_packages(&places.ui()),
        "npm packages of the window",
        Purpose::Window,
    );
    tell(
        setup::has_packages(&places.tests()),
        "npm packages of the tests",
        Purpose::Test,
    );
    tell(
        setup::deny::find(places).is_some(),
        "cargo-deny",
        Purpose::Test,
    );
    say::line("");
    say::line(
        "Rust targets, npm packages and cargo-deny are installed by run and test themselves.",
    );

    if missing.is_empty() {
        say::line("Nothing else is missing.");
    } else {
        advise(platform, &missing);
    }
    for hint in hints(platform) {
        say::line(hint);
    }
    Ok(())
}

fn version(program: &str) -> String {
    process::answer(process::command(program).arg("--version"))
        .unwrap_or_else(|| "missing".to_owned())
}

fn tell(is_there: bool, name: &str, purpose: Purpose) {
    let state = if is_there { "there" } else { "MISSING" };
    let purpose = match purpose {
        Purpose::Window => "ui, run, test",
        Purpose::Mock => "all",
        Purpose::Run => "run, test",
        Purpose::Test => "test",
    };
    say::line(format_args!("{state:<10}{name} (for {purpose})"));
}

fn advise(platform: Platform, missing: &[&Need]) {
    let for_running: Vec<&Need> = missing
        .iter()
        .copied()
        .filter(|need| need.purpose <= Purpose::Run)
        .collect();
    if !for_running.is_empty() {
        say::line("To build and run:");
        say::line(format_args!(
            "    {}",
            platform.install_command(&for_running)
        ));
    }
    say::line("For everything, with the tests:");
    say::line(format_args!("    {}", platform.install_command(missing)));
}

/// What cannot be looked up for sure, or is not a package.
fn hints(platform: Platform) -> Vec<&'static str> {
    let mut hints = Vec::new();
    match platform {
        Platform::Brew => {
            hints.push("macOS also needs Apple's command line tools: xcode-select --install");
            hints
                .push("The window tests run on Linux only; cargo xtask test leaves them out here.");
        }
        Platform::Winget => {
            hints.push(
                "Windows also needs the C++ build tools \
                 (winget install Microsoft.VisualStudio.2022.BuildTools) and, before Windows 11, \
                 WebView2 (winget install Microsoft.EdgeWebView2Runtime).",
            );
            hints
                .push("The window tests run on Linux only; cargo xtask test leaves them out here.");
        }
        Platform::Apt | Platform::Dnf | Platform::Other => hints.extend(desktop_hints()),
    }
    hints
}

/// What signing in needs of a Linux desktop.
pub(crate) fn desktop_hints() -> Vec<&'static str> {
    let mut hints = Vec::new();
    let is_empty = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    if is_empty("DISPLAY") && is_empty("WAYLAND_DISPLAY") {
        hints.push(
            "There is no screen (DISPLAY and WAYLAND_DISPLAY are empty): the window cannot open.",
        );
    }
    let browsers = ["xdg-open", "sensible-browser", "firefox", "chromium"];
    let has_browser = std::env::var_os("BROWSER").is_some()
        || browsers
            .iter()
            .any(|name| crate::places::on_path(name).is_some());
    if !has_browser {
        hints.push("Signing in opens your web browser, and none was found: install one, or let BROWSER name it.");
    }
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() && !has_user_bus() {
        hints.push(
            "Keys are kept in the desktop's keychain (Secret Service: GNOME Keyring, KWallet, \
             KeePassXC), and no D-Bus session was found to reach one.",
        );
    }
    hints
}

fn has_user_bus() -> bool {
    std::env::var_os("XDG_RUNTIME_DIR")
        .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}
