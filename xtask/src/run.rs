//! Owns `cargo xtask run`: the window and its backend start together and end together.

use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
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

/// How long a line of a program that has ended may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

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
    shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .env("HALE_BACKEND_URL", &url);
    let mut window = Window::start(&mut shell)?;
    let result = watch(&mut window, mock.as_mut());
    drop(window);
    drop(mock);
    say::step("stopped");
    result
}

/// What the shell prints once it has a window.
const ANNOUNCEMENT: &str = "HALE_WINDOW=open";

/// The shell, which runs until its window is closed.
struct Window {
    running: Running,
    lines: Receiver<String>,
    has_opened: bool,
}

impl Window {
    fn start(shell: &mut Command) -> Outcome<Self> {
        let mut running = Running::start(shell, "the window")?;
        let lines = running.lines()?;
        Ok(Self {
            running,
            lines,
            has_opened: false,
        })
    }

    /// How it ended, if it did.
    fn ended(&mut self) -> Outcome<Option<Outcome>> {
        let status = self.running.ended()?;
        if status.is_some() {
            // What it printed last may still be on its way.
            while let Ok(line) = self.lines.recv_timeout(LAST_WORDS) {
                self.read(&line);
            }
        } else {
            let lines: Vec<String> = self.lines.try_iter().collect();
            lines.iter().for_each(|line| self.read(line));
        }
        Ok(status.map(|status| judge(status, self.has_opened)))
    }

    fn read(&mut self, line: &str) {
        if line == ANNOUNCEMENT {
            self.has_opened = true;
        } else {
            say::line(format_args!("    window: {line}"));
        }
    }
}

fn judge(status: ExitStatus, has_opened: bool) -> Outcome {
    match (status.success(), has_opened) {
        (true, true) => Ok(()),
        // A second start hands over to the first and ends.
        (true, false) => Err(Stop::because(
            "Hale was open already: its window was brought to the front. It keeps the backend that \
             it was started with, so nothing was changed in it and no second window was opened.\n\
             Close that window, then run this again.",
        )),
        (false, _) => Err(Stop::because(format!(
            "the window ended by itself ({status})"
        ))),
    }
}

/// Waits for the first that ends: the window, the mock, or the patience of the person.
fn watch(window: &mut Window, mut mock: Option<&mut Mock>) -> Outcome {
    loop {
        if process::was_stopped() {
            return Ok(());
        }
        if let Some(outcome) = window.ended()? {
            return outcome;
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn outcome_of(script: &str) -> Outcome {
        let mut shell = process::command("sh");
        shell.args(["-c", script]).stdout(Stdio::piped());
        let mut window = Window::start(&mut shell)?;
        watch(&mut window, None)
    }

    #[test]
    fn a_window_that_was_open_is_told_from_one_that_never_opened() {
        for (script, words) in [
            ("echo HALE_WINDOW=open", None),
            ("echo a; echo HALE_WINDOW=open; echo b", None),
            ("exit 0", Some("Hale was open already")),
            ("echo no", Some("Hale was open already")),
            ("exit 3", Some("the window ended by itself")),
            (
                "echo HALE_WINDOW=open; exit 3",
                Some("the window ended by itself"),
            ),
        ] {
            let said = outcome_of(script).err().map(|stop| stop.to_string());
            match (said, words) {
                (None, None) => {}
                (Some(said), Some(words)) => assert!(said.starts_with(words), "{script}: {said}"),
                (said, _) => panic!("{script}: {said:?}"),
            }
        }
    }
}
