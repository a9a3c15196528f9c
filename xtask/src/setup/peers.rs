//! Owns the peers that the measurements compare with: copies them out of the checkout, so that
//! their packages stay out of it, and installs exactly what their lock files say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::npm;
use crate::error::{Outcome, Stop, While};
use crate::places::{self, Places};
use crate::process;
use crate::say;

const NODE: [&str; 3] = ["package.json", "package-lock.json", "peer.mjs"];
const PYTHON: [&str; 2] = ["requirements.txt", "peer.py"];

/// Where the peers' Python packages are, below their own folder; `peer.py` looks there.
const LIBRARIES: &str = "libraries";

/// Makes the peers ready and gives back their folder.
///
/// # Errors
/// If npm or Python is missing, or a package cannot be had.
pub(crate) fn prepare(places: &Places) -> Outcome<PathBuf> {
    let from = places.tests().join("bench").join("peers");
    let to = places.target.join("peers");
    copy(&from.join("node"), &to.join("node"), &NODE)?;
    npm::prepare(&to.join("node"), "the measurements' peer in Node.js")?;
    copy(&from.join("python"), &to.join("python"), &PYTHON)?;
    python(&to.join("python"))?;
    Ok(to)
}

fn copy(from: &Path, to: &Path, files: &[&str]) -> Outcome {
    fs::create_dir_all(to).while_doing("make the peers' folder")?;
    for file in files {
        fs::copy(from.join(file), to.join(file)).while_doing("copy a peer")?;
    }
    Ok(())
}

/// Installs beside the program, without a virtual environment, so that Debian's bare Python does.
fn python(folder: &Path) -> Outcome {
    let wanted = folder.join("requirements.txt");
    let libraries = folder.join(LIBRARIES);
    let note = libraries.join(".installed.txt");
    if is_same(&wanted, &note) {
        return Ok(());
    }
    let python = ["python3", "python"];
    let python = python
        .into_iter()
        .find(|it| places::on_path(it).is_some())
        .ok_or_else(|| Stop::because("the measurements need Python 3 with pip; none is here"))?;
    say::step(format_args!(
        "installing the measurements' peer in Python in {}",
        folder.display()
    ));
    if libraries.exists() {
        fs::remove_dir_all(&libraries).while_doing("remove the old Python packages")?;
    }
    let mut pip = process::command(python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--disable-pip-version-check", "--only-binary", ":all:"])
        .arg("--target")
        .arg(&libraries)
        .arg("--requirement")
        .arg(&wanted)
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .stdin(Stdio::null());
    process::run(&mut pip, "pip install")?;
    fs::copy(&wanted, &note).while_doing("note which Python packages are installed")?;
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_peer_is_in_the_checkout_and_pinned() {
        let from = Places::find().tests().join("bench").join("peers");
        for file in NODE {
            assert!(from.join("node").join(file).is_file(), "{file}");
        }
        for file in PYTHON {
            assert!(from.join("python").join(file).is_file(), "{file}");
        }
        let wanted = fs::read_to_string(from.join("python").join("requirements.txt")).unwrap();
        let pinned = wanted.lines().filter(|line| line.contains("=="));
        assert!(wanted.contains("fhirpy=="));
        assert!(pinned.count() > 1);
        let script = fs::read_to_string(from.join("python").join("peer.py")).unwrap();
        assert!(script.contains(&format!("\"{LIBRARIES}\"")));
    }
}
