//! Owns the build of the window: Rust to WebAssembly to the files that the shell embeds.
//! Leaves `src-ui/dist` alone when nothing changed.

mod fresh;
mod styles;
mod wasm;

use std::fs;
use std::path::Path;

use crate::error::{Outcome, Stop, While};
use crate::places::Places;
use crate::say;
use fresh::{Hash, Record};

/// Starts the window. A file of its own, because the content security policy allows no script
/// inside a page.
const BOOT: &str = "import init from \"/hale-ui.js\";\n\
    await init({ module_or_path: \"/hale-ui_bg.wasm\" });\n";

/// How the window is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Quick to build.
    Dev,
    /// Small, as patients get it.
    Release,
}

impl Kind {
    /// The cargo profile.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::Dev => "ui-dev",
            Self::Release => "ui",
        }
    }
}

/// Builds the window into `src-ui/dist`, and says whether there was anything to do.
pub(crate) fn build(places: &Places, kind: Kind) -> Outcome {
    let clock = say::Clock::start();
    say::step(format_args!("window: {} profile", kind.profile()));
    let module = wasm::compile(places, kind)?;
    let inputs = inputs(places, kind, &module)?;

    let record = Record::beside(&places.ui_target());
    if record.holds(&inputs, &places.dist())? {
        say::line(format_args!(
            "    window is up to date ({})",
            clock.passed()
        ));
        return Ok(());
    }

    let staging = places.ui_target().join("dist");
    match fs::remove_dir_all(&staging) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Stop::because(format!(
                "could not empty {}: {error}",
                staging.display()
            )));
        }
        _ => fs::create_dir_all(&staging).while_doing("make a folder for the window")?,
    }
    wasm::bind(places, kind, &module, &staging)?;
    let css = styles::compile(places)?;
    fs::write(staging.join("app.css"), css).while_doing("write app.css")?;
    fs::write(staging.join("boot.js"), BOOT).while_doing("write boot.js")?;
    let page = places.ui().join("index.html");
    fs::copy(&page, staging.join("index.html")).while_doing(&format!("copy {}", page.display()))?;
    for (from, to) in static_folders(places) {
        if from.is_dir() {
            copy_tree(&from, &staging.join(to))?;
        }
    }

    fresh::mirror(&staging, &places.dist())?;
    record.write(&inputs, &places.dist())?;
    say::line(format_args!(
        "    window built into src-ui/dist ({})",
        clock.passed()
    ));
    Ok(())
}

/// Folders that go into the window as they are, and where they go.
fn static_folders(places: &Places) -> [(std::path::PathBuf, &'static str); 2] {
    [
        (places.ui().join("public"), ""),
        (places.root.join("assets").join("icons"), "icons"),
    ]
}

/// All that the files of the window follow from, beside this program itself.
fn inputs(places: &Places, kind: Kind, module: &Path) -> Outcome<Hash> {
    let mut hash = Hash::new();
    hash.text(kind.profile());
    hash.text(BOOT);
    hash.text(env!("CARGO_PKG_VERSION"));
    hash.file(module)?;
    hash.file(&places.ui().join("index.html"))?;
    // The lock file stands for node_modules.
    hash.file(&places.ui().join("package-lock.json"))?;
    hash.tree(&places.ui().join("styles"))?;
    for (folder, _) in static_folders(places) {
        hash.tree(&folder)?;
    }
    Ok(hash)
}

fn copy_tree(from: &Path, to: &Path) -> Outcome {
    for file in fresh::files(from)? {
        let target = to.join(&file);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).while_doing("make a folder for the window")?;
        }
        fs::copy(from.join(&file), &target).while_doing(&format!("copy {}", file.display()))?;
    }
    Ok(())
}
