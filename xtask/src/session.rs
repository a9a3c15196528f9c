//! Owns a desktop for tests: a screen that nobody sees, a message bus, a keychain that is
//! unlocked, and folders that are not the person's own. Linux only.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Outcome, Stop, While};
use crate::process;

/// How long the keychain may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folders of a session. They are removed with this value.
pub(crate) struct Folders(PathBuf);

impl Folders {
    /// Makes them, readable by the person alone: the message bus and the keychain ask for it.
    pub(crate) fn make() -> Outcome<Self> {
        // Short, because the path of a socket may have 107 bytes at most.
        let root = std::env::temp_dir().join(format!("hale-session-{}", std::process::id()));
        for name in ["run", "data", "config", "cache", "state", "screen"] {
            fs::create_dir_all(root.join(name)).while_doing("make the folders of the session")?;
        }
        #[cfg(unix)]
        for folder in [root.clone(), root.join("run")] {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
                .while_doing("close the folders of the session")?;
        }
        Ok(Self(root))
    }

    /// A command that starts a program of ours inside a new session.
    pub(crate) fn command(&self, program: &Path) -> Outcome<Command> {
        let xtask = std::env::current_exe().while_doing("find xtask itself")?;
        let mut command = process::command("xvfb-run");
        command
            .args(["--auto-servernum", "--server-args"])
            // Tall enough for a whole page. The screen's content is in a file, for pictures.
            .arg(format!(
                "-screen 0 1280x4096x24 -fbdir {}",
                self.0.join("screen").display()
            ))
            .args(["dbus-run-session", "--"])
            .arg(xtask)
            .args(["in-session", "--"])
            .arg(program)
            .env("XDG_RUNTIME_DIR", self.0.join("run"))
            .env("XDG_DATA_HOME", self.0.join("data"))
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .env("XDG_CACHE_HOME", self.0.join("cache"))
            .env("XDG_STATE_HOME", self.0.join("state"))
            .env("HALE_SCREEN", self.0.join("screen").join("Xvfb_screen0"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null());
        Ok(command)
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Starts the keychain of this session, runs the program, and passes its result on.
///
/// Both stay in the process group of the session, so that whoever ends the session ends them.
pub(crate) fn inside(program: &[OsString]) -> Outcome {
    let Some((name, arguments)) = program.split_first() else {
        return Err(Stop::because("there is no program to run"));
    };
    let mut keychain = Keychain::start()?;
    keychain.await_ready()?;
    let status = process::command(&name.to_string_lossy())
        .args(arguments)
        .status()
        .while_doing("start the program of the session")?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop::because(format!("it failed ({status})")))
    }
}

struct Keychain(Child);

impl Keychain {
    fn start() -> Outcome<Self> {
        let mut child = process::command("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .while_doing("start the keychain")?;
        if let Some(mut input) = child.stdin.take() {
            // The keychain is new and goes with the session: its password protects nothing.
            input
                .write_all(b"session\n")
                .while_doing("unlock the keychain")?;
        }
        Ok(Self(child))
    }

    fn await_ready(&mut self) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Err(Stop::because(format!(
                    "the keychain ended by itself ({status})"
                )));
            }
            let owned = process::answer(process::command("dbus-send").args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ]));
            if owned.is_some_and(|reply| reply.contains("boolean true")) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Stop::because("the keychain did not come up"))
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
