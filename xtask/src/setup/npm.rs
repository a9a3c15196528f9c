//! Owns the npm packages: a folder with a lock file holds exactly what that file says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, Stop, While};
use crate::places;
use crate::process;
use crate::say;

/// The oldest Node.js that all packages work with.
const OLDEST_NODE: u32 = 20;

/// Compares the lock file with the copy that was left at the last installation.
pub(super) fn is_installed(folder: &Path) -> bool {
    match (
        fs::read(folder.join("package-lock.json")),
        fs::read(installed(folder)),
    ) {
        (Ok(wanted), Ok(found)) => wanted == found,
        _ => false,
    }
}

/// Runs `npm ci` if the lock file says something else than what is installed.
pub(super) fn prepare(folder: &Path, what: &str) -> Outcome {
    if is_installed(folder) {
        return Ok(());
    }
    if places::on_path("npm").is_none() {
        return Err(Stop::because(
            "npm is missing; cargo xtask doctor tells how to install Node.js 20 or newer",
        ));
    }
    let version = process::answer(process::command("node").arg("--version")).unwrap_or_default();
    refuse_old_node(&version)?;
    say::step(format_args!(
        "installing {what} by npm ci in {}",
        folder.display()
    ));
    process::run(
        process::npm(folder).args(["ci", "--no-audit", "--no-fund"]),
        "npm ci",
    )?;
    fs::copy(folder.join("package-lock.json"), installed(folder))
        .while_doing("note which packages are installed")?;
    Ok(())
}

/// Debian 12's own package is too old, for one.
fn refuse_old_node(version: &str) -> Outcome {
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|it| it.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        Some(_) => Err(Stop::because(format!(
            "Node.js {version} is too old: {OLDEST_NODE} or newer is needed. \
             Install it from nodejs.org or a newer package of your system."
        ))),
        None => Err(Stop::because(
            "node --version says no version; is Node.js installed?",
        )),
    }
}

/// `npm ci` empties node_modules first, so that a broken installation leaves no note.
fn installed(folder: &Path) -> PathBuf {
    folder.join("node_modules").join(".installed-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_refused_with_words() {
        assert!(refuse_old_node("v20.20.2").is_ok());
        assert!(refuse_old_node("v24.0.0").is_ok());
        let stop = refuse_old_node("v18.19.0").unwrap_err().to_string();
        assert!(stop.contains("v18.19.0 is too old"), "{stop}");
        assert!(refuse_old_node("").is_err());
    }

    #[test]
    fn a_changed_lock_file_asks_for_a_new_installation() {
        let folder = std::env::temp_dir().join(format!("hale-xtask-npm-{}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("package-lock.json"), "1").unwrap();
        assert!(!is_installed(&folder), "nothing was installed yet");
        fs::write(installed(&folder), "1").unwrap();
        assert!(is_installed(&folder));
        fs::write(folder.join("package-lock.json"), "2").unwrap();
        assert!(!is_installed(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
