//! Owns the report on this machine. Changes nothing.

use crate::error::Outcome;
use crate::places::Places;
use crate::process;
use crate::say;
use crate::setup::{self, Item, Need, Platform, Purpose, Source};

/// Tells what is there and what is missing, and the command that installs the rest.
pub(crate) fn report(places: &Places) -> Outcome {
    let platform = Platform::here();
    say::line(format_args!("{:<10}{}", "rustc", version("rustc")));
    say::line(format_args!("{:<10}{}", "node", version("node")));
    say::line(format_args!("{:<10}{}", "npm", version("npm")));
    say::line("");

    let items = setup::items(places, platform, Purpose::Check);
    for item in &items {
        tell(item);
    }
    say::line("");
    let own: Vec<&str> = items.iter().filter_map(own_name).collect();
    say::line(format_args!(
        "Installed by run and test themselves: {}.",
        own.join(", ")
    ));

    let missing: Vec<&Need> = items.iter().filter_map(Item::absent_package).collect();
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

fn tell(item: &Item) {
    let state = if item.is_there { "there" } else { "MISSING" };
    let purpose = match item.purpose {
        Purpose::Window => "ui, run, test",
        Purpose::Mock => "all",
        Purpose::Run => "run, test",
        Purpose::Test | Purpose::Check => "test",
    };
    say::line(format_args!("{state:<10}{} (for {purpose})", item.name));
}

fn own_name(item: &Item) -> Option<&'static str> {
    match item.source {
        Source::Task(_) => Some(item.name),
        Source::System(_) => None,
    }
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
fn hints(platform: Platform) -> Vec<String> {
    let mut hints: Vec<String> = platform
        .beside_packages()
        .iter()
        .map(|hint| format!("Also needed, and not looked for: {hint}"))
        .collect();
    match platform {
        Platform::Brew | Platform::Winget => hints.push(
            "The window tests run on Linux only; cargo xtask test leaves them out here.".to_owned(),
        ),
        Platform::Apt | Platform::Dnf | Platform::Other => {
            hints.extend(desktop_hints().into_iter().map(str::to_owned));
        }
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
