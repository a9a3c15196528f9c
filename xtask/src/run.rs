//! Owns `cargo xtask run`: the window and its backend start together and end together.

use std::process::Stdio;
use std::time::Duration;

use crate::doctor;
use crate::error::{Outcome, Stop};
use crate::mock::{self, Mock};
use crate::native;
use crate::places::Places;
use crate::process::{self, Running};
use crate::say;
use crate::setup::{self, Purpose};
use crate::ui::{self, Kind};

/// Builds what changed, opens the window, and waits until it is closed.
pub(crate) fn run(places: &Places, backend: Option<&str>, kind: Kind) -> Outcome {
    setup::prepare(places, Purpose::Run)?;
    if cfg!(target_os = "linux") {
        for hint in doctor::desktop_hints() {
            say::line(format_args!("note: {hint}"));
        }
    }
    ui::build(places, kind)?;
    let programs: &[&str] = match backend {
        Some(_) => &[native::SHELL],
        None => &[native::SHELL, native::MOCK],
    };
    native::build(places, programs, kind)?;

    let mut mock = match backend {
        Some(_) => None,
        None => Some(mock::start(places, kind)?),
    };
    let url = match (&mock, backend) {
        (Some(mock), _) => mock.url.clone(),
        (None, Some(url)) => url.to_owned(),
        (None, None) => return Err(Stop::because("there is no backend")),
    };
    say::step(format_args!("backend: {url}"));
    if let Some(mock) = &mock {
        print_lines(mock);
    }

    say::step("opening the window; close it or press Ctrl-C to stop");
    let program = native::program(places, native::SHELL, kind);
    let mut shell = process::command(&program.to_string_lossy());
    shell.stdin(Stdio::null()).env("HALE_BACKEND_URL", &url);
    let mut window = Running::start(&mut shell, "the window")?;
    let result = watch(&mut window, mock.as_mut());
    window.end();
    drop(mock);
    say::step("stopped");
    result
}

/// Waits for the first that ends: the window, the mock, or the patience of the person.
fn watch(window: &mut Running, mut mock: Option<&mut Mock>) -> Outcome {
    loop {
        if process::was_stopped() {
            return Ok(());
        }
        if let Some(status) = window.ended()? {
            return if status.success() {
                Ok(())
            } else {
                Err(Stop::because(format!(
                    "the window ended by itself ({status})"
                )))
            };
        }
        if let Some(mock) = mock.as_deref_mut() {
            print_lines(mock);
            if let Some(status) = mock.running.ended()? {
                return Err(Stop::because(format!(
                    "the mock ended by itself ({status})"
                )));
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn print_lines(mock: &Mock) {
    for line in mock.lines.try_iter() {
        say::line(format_args!("    mock: {line}"));
    }
}
