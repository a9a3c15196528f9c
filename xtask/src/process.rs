//! Owns how other programs are started, awaited and ended. Knows nothing of what they do.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::error::{Outcome, Stop, While};
use crate::places::{self, Places};

/// Set by Ctrl-C, SIGTERM and the closing of the terminal.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(4);

/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(40);

/// From here on Ctrl-C ends our programs first, and only then us.
pub(crate) fn watch_for_ctrl_c() -> Outcome {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::SeqCst)).while_doing("listen for Ctrl-C")
}

/// Whether the person at the terminal asked to stop.
pub(crate) fn was_stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// A program to start, with what cargo told xtask about itself taken out.
///
/// Build scripts (ring's is one) ask to be run again when `CARGO_MANIFEST_DIR` or
/// `CARGO_PKG_NAME` differ: passed on, they would make a build from here and one by hand
/// throw each other's work away.
pub(crate) fn command(program: &str) -> Command {
    let found = places::on_path(program).unwrap_or_else(|| program.into());
    let mut command = Command::new(found);
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let of_xtask = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
        if of_xtask.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo, at the root of the checkout.
pub(crate) fn cargo(places: &Places) -> Command {
    let mut cargo = command("cargo");
    cargo.current_dir(&places.root).stdin(Stdio::null());
    cargo
}

/// npm in a folder, without questions or advice. Some machines have settings of npm's that it
/// warns about on each run; that is noise here.
pub(crate) fn npm(folder: &std::path::Path) -> Command {
    let mut npm = command("npm");
    npm.current_dir(folder)
        .stdin(Stdio::null())
        .env("npm_config_loglevel", "error");
    npm
}

/// Runs to the end, output straight to the terminal. A failure says `what` failed.
pub(crate) fn run(command: &mut Command, what: &str) -> Outcome {
    let status = run_for(command, what, None)?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(what, status))
    }
}

/// Like [`run`], but gives the status back and kills the program after a time.
pub(crate) fn run_for(
    command: &mut Command,
    what: &str,
    limit: Option<Duration>,
) -> Outcome<ExitStatus> {
    let mut running = Running::start(command, what)?;
    running.wait_for(limit)
}

/// Runs to the end and gives back what it wrote to standard output, or nothing when it could
/// not be started or failed. For questions such as `rustc --version`.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program runs and is content. For questions such as `pkg-config --exists`.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn failed(what: &str, status: ExitStatus) -> Stop {
    Stop::because(format!("{what} failed ({status})"))
}

/// A program that runs, with all that it started. It never outlives this value.
pub(crate) struct Running {
    child: Child,
    what: String,
    ended: bool,
}

impl Running {
    /// Starts a program as the head of its own process group, so that a signal reaches all
    /// that it starts in turn, and Ctrl-C reaches xtask alone.
    pub(crate) fn start(command: &mut Command, what: &str) -> Outcome<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().while_doing(&format!("start {what}"))?;
        Ok(Self {
            child,
            what: what.to_owned(),
            ended: false,
        })
    }

    /// Reads standard output line by line on a thread of its own. It must be piped.
    pub(crate) fn lines(&mut self) -> Outcome<mpsc::Receiver<String>> {
        let output = self.child.stdout.take();
        let output = output.ok_or_else(|| Stop::because("standard output is not piped"))?;
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || forward_lines(output, &send));
        Ok(receive)
    }

    /// Whether it has ended by itself, and how.
    pub(crate) fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        let status = self
            .child
            .try_wait()
            .while_doing(&format!("look after {}", self.what))?;
        self.ended |= status.is_some();
        Ok(status)
    }

    /// Waits for the end; kills it on Ctrl-C, and when the time is up.
    pub(crate) fn wait_for(&mut self, limit: Option<Duration>) -> Outcome<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if was_stopped() {
                self.end();
                return Err(Stop::because(format!("{} was stopped", self.what)));
            }
            if limit.is_some_and(|limit| start.elapsed() > limit) {
                self.end();
                return Err(Stop::because(format!(
                    "{} took longer than {} and was ended",
                    self.what,
                    crate::say::duration(limit.unwrap_or_default())
                )));
            }
            std::thread::sleep(TICK);
        }
    }

    /// Asks the whole group to end, and after a grace makes it.
    pub(crate) fn end(&mut self) {
        if !self.ended {
            signal(&self.child, Force::Ask);
            let start = Instant::now();
            while start.elapsed() < GRACE && !matches!(self.child.try_wait(), Ok(Some(_))) {
                std::thread::sleep(TICK);
            }
            self.ended = true;
        }
        // The head may have gone while others of its group still run.
        signal(&self.child, Force::Make);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn forward_lines(output: impl Read, send: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        let text = String::from_utf8_lossy(&line)
            .trim_end_matches(['\r', '\n'])
            .to_owned();
        line.clear();
        if send.send(text).is_err() {
            // Nobody listens any more, but a full pipe would stall the program.
            let _ = std::io::copy(&mut reader, &mut std::io::sink());
            return;
        }
    }
}

#[derive(Clone, Copy)]
enum Force {
    Ask,
    Make,
}

#[cfg(unix)]
fn signal(child: &Child, force: Force) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = match force {
        Force::Ask => Signal::TERM,
        Force::Make => Signal::KILL,
    };
    // A group that is gone already is what we want.
    let _ = kill_process_group(Pid::from_child(child), signal);
}

#[cfg(windows)]
fn signal(child: &Child, force: Force) {
    // Windows has no signals: a window is asked to close, everything else is ended.
    let mut kill = Command::new("taskkill");
    kill.args(["/T", "/PID", &child.id().to_string()]);
    if matches!(force, Force::Make) {
        kill.arg("/F");
    }
    let _ = succeeds(&mut kill);
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = command("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended_with_words() {
        let limit = Some(Duration::from_millis(100));
        let stop = run_for(&mut shell("sleep 60"), "the sleeper", limit).unwrap_err();
        assert!(
            stop.to_string()
                .starts_with("the sleeper took longer than 0.1 s"),
            "{stop}"
        );
    }

    #[test]
    fn ending_a_program_ends_what_it_started_too() {
        let mut parent = shell("sleep 60 & echo $!; wait");
        parent.stdout(Stdio::piped());
        let mut running = Running::start(&mut parent, "the parent").unwrap();
        let grandchild = running.lines().unwrap().recv().unwrap();
        assert!(is_running(&grandchild));
        drop(running);
        let start = Instant::now();
        while is_running(&grandchild) && start.elapsed() < GRACE {
            std::thread::yield_now();
        }
        assert!(
            !is_running(&grandchild),
            "a mock left behind would hold its port"
        );
    }

    #[test]
    fn a_failed_program_is_named() {
        let stop = run(&mut shell("exit 3"), "the build").unwrap_err();
        assert!(stop.to_string().starts_with("the build failed"), "{stop}");
    }

    #[test]
    fn what_cargo_told_xtask_is_not_passed_on() {
        let said = answer(&mut shell("echo ${CARGO_PKG_NAME:-nothing}"));
        assert_eq!(said.as_deref(), Some("nothing"));
    }

    fn is_running(pid: &str) -> bool {
        // A zombie that init has not collected yet counts as ended.
        answer(&mut shell(&format!("ps -o stat= -p {pid}")))
            .is_some_and(|state| !state.is_empty() && !state.starts_with('Z'))
    }
}
