//! Owns what belongs to the Rust toolchain: compilation targets, and cargo's own checkers.

use crate::error::{Outcome, Stop};
use crate::places;
use crate::process;
use crate::say;

/// The window's target.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The phone's target that CI type-checks.
pub(crate) const ANDROID: &str = "aarch64-linux-android";

/// Looks into the compiler's own folder: right with and without rustup.
pub(super) fn is_installed(target: &str) -> bool {
    let Some(sysroot) = process::answer(process::command("rustc").args(["--print", "sysroot"]))
    else {
        return false;
    };
    std::path::Path::new(&sysroot)
        .join("lib/rustlib")
        .join(target)
        .join("lib")
        .is_dir()
}

/// Adds the target by rustup if it is missing.
pub(super) fn prepare(target: &str) -> Outcome {
    if is_installed(target) {
        return Ok(());
    }
    if places::on_path("rustup").is_none() {
        return Err(Stop::because(format!(
            "rustc has no target {target}, and there is no rustup to add it.\n\
             Install Rust by rustup (rustup.rs), or your system's package for that target \
             (Debian 13: libstd-rust-dev-wasm32 for {WASM})."
        )));
    }
    say::step(format_args!(
        "installing the Rust target {target} by rustup"
    ));
    process::run(
        process::command("rustup").args(["target", "add", target]),
        "rustup target add",
    )
}

/// Whether the formatter and the linter are installed.
pub(super) fn has_checkers() -> bool {
    let is_there = |name| process::succeeds(process::command("cargo").args([name, "--version"]));
    is_there("fmt") && is_there("clippy")
}

/// Adds the formatter and the linter by rustup if they are missing, as they are in its smallest
/// installation.
pub(super) fn prepare_checkers() -> Outcome {
    if has_checkers() {
        return Ok(());
    }
    if places::on_path("rustup").is_none() {
        return Err(Stop::because(
            "cargo fmt or cargo clippy is missing: install your system's packages rustfmt and \
             clippy (Debian: rustfmt rust-clippy)",
        ));
    }
    say::step("installing rustfmt and clippy by rustup");
    process::run(
        process::command("rustup").args(["component", "add", "rustfmt", "clippy"]),
        "rustup component add",
    )
}
