//! Owns the way from the crate `hale-ui` to the two files that a browser loads.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use super::Kind;
use crate::error::{Outcome, Stop, While};
use crate::places::Places;
use crate::process;
use crate::setup::WASM;

/// What the web views that we support understand (WebKitGTK 2.40, Safari 16, WebView2), and
/// rustc uses. Anything newer must not come in through the optimiser.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Lets cargo compile the crate, and gives back where the module is.
pub(super) fn compile(places: &Places, kind: Kind) -> Outcome<PathBuf> {
    let mut cargo = process::cargo(places);
    cargo
        .args(["build", "--package", "hale-ui", "--target", WASM])
        .args(["--profile", kind.profile(), "--target-dir"])
        .arg(places.ui_target());
    process::run(&mut cargo, "the build of the window")?;
    Ok(places
        .ui_target()
        .join(WASM)
        .join(kind.profile())
        .join("hale-ui.wasm"))
}

/// Makes the module loadable by a browser, and small for a release.
pub(super) fn bind(places: &Places, kind: Kind, module: &Path, into: &Path) -> Outcome {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("hale-ui")
        .typescript(false)
        .remove_producers_section(true)
        .remove_name_section(kind == Kind::Release);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(into))
        .map_err(|error| Stop::because(format!("the window cannot be bound: {error:#}")))?;
    match kind {
        Kind::Dev => Ok(()),
        Kind::Release => optimise(places, &into.join("hale-ui_bg.wasm")),
    }
}

fn optimise(places: &Places, module: &Path) -> Outcome {
    let program = places
        .ui()
        .join("node_modules")
        .join("binaryen")
        .join("bin")
        .join("wasm-opt");
    let small = module.with_extension("small");
    let mut node = process::command("node");
    node.arg(&program)
        .arg("-Oz")
        .args(FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&small);
    process::run(&mut node, "the optimiser of the window")?;
    fs::rename(&small, module).while_doing("keep the optimised window")
}
