//! Owns the question how large the product is.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::error::{Outcome, Stop, While};
use crate::native;
use crate::places::Places;
use crate::say;
use crate::ui::Kind;

/// What the window may have as gzip sends it: WebAssembly, JavaScript and styles together.
const WINDOW_GOAL: u64 = 400 * 1024;
/// What the program may have as patients get it.
const PROGRAM_GOAL: u64 = 15 * 1000 * 1000;

/// Prints the sizes of what was built last, raw and as gzip sends it, and the goals.
///
/// The goals are for release builds; a size is information here and fails nothing.
pub(crate) fn report(places: &Places) -> Outcome {
    let dist = places.dist();
    if !dist.is_dir() {
        return Err(Stop::because(
            "the window is not built; run cargo xtask ui --release",
        ));
    }
    say::line(format_args!(
        "{:<28}{:>12}{:>12}{:>17}",
        "", "raw", "gzipped", "goal"
    ));
    let (mut raw_sum, mut zipped_sum) = (0, 0);
    for name in [
        "hale-ui_bg.wasm",
        "hale-ui.js",
        "boot.js",
        "app.css",
        "index.html",
    ] {
        let (raw, zipped) = measure(&dist.join(name))?;
        row(name, raw, Some(zipped), None);
        raw_sum += raw;
        zipped_sum += zipped;
    }
    row(
        "window, together",
        raw_sum,
        Some(zipped_sum),
        Some(WINDOW_GOAL),
    );
    for (kind, name, goal) in [
        (Kind::Release, "hale (release)", Some(PROGRAM_GOAL)),
        (Kind::Dev, "hale (debug)", None),
    ] {
        if let Ok(about) = fs::metadata(native::program(places, native::SHELL, kind)) {
            row(name, about.len(), None, goal);
        }
    }
    Ok(())
}

fn row(name: &str, raw: u64, zipped: Option<u64>, goal: Option<u64>) {
    let goal = goal.map_or_else(String::new, |goal| {
        let is_met = zipped.unwrap_or(raw) <= goal;
        let word = if is_met { "met" } else { "over" };
        format!("{} {word}", say::size(goal))
    });
    let zipped = zipped.map(say::size).unwrap_or_default();
    say::line(format_args!(
        "{name:<28}{:>12}{zipped:>12}{goal:>17}",
        say::size(raw)
    ));
}

fn measure(file: &Path) -> Outcome<(u64, u64)> {
    let bytes = fs::read(file).while_doing(&format!("read {}", file.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).while_doing("compress")?;
    let zipped = encoder.finish().while_doing("compress")?;
    Ok((bytes.len() as u64, zipped.len() as u64))
}
