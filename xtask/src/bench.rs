//! Owns `cargo xtask bench`: builds what is measured as patients get it and starts the program that
//! measures. What is measured and how is that program's own (`tests/bench`).

use std::ffi::OsString;

use crate::error::Outcome;
use crate::native;
use crate::places::{self, Places};
use crate::process;
use crate::session::Folders;
use crate::setup::{self, Purpose};
use crate::ui::{self, Kind};

/// Measures, with the options of the program that does. On Linux it runs in a session of its own,
/// where there is a keychain that is nobody's.
pub(crate) fn bench(places: &Places, options: &[OsString]) -> Outcome {
    let has_session = cfg!(target_os = "linux");
    let purpose = if has_session {
        Purpose::Test
    } else {
        Purpose::Run
    };
    setup::prepare(places, purpose)?;
    let peers = setup::peers::prepare(places)?;
    ui::build(places, Kind::Release)?;
    native::build(
        places,
        &[native::SHELL, native::MOCK, native::BENCH],
        Kind::Release,
    )?;
    let program = native::program(places, native::BENCH, Kind::Release);
    let folders = if has_session {
        Some(Folders::make()?)
    } else {
        None
    };
    let mut command = match &folders {
        Some(folders) => folders.command(&program)?,
        None => process::command(&program.to_string_lossy()),
    };
    command.args(options).env(
        "HALE_MOCK",
        native::program(places, native::MOCK, Kind::Release),
    );
    command.env("HALE_PEERS", peers);
    if has_session {
        command.env("HALE_BENCH_KEYCHAIN", "1").env(
            "HALE_BIN",
            native::program(places, native::SHELL, Kind::Release),
        );
        if let Some(driver) = places::on_path("WebKitWebDriver") {
            command.env("HALE_WEBDRIVER", driver);
        }
    }
    process::run(&mut command, "the measurement")
}
