//! Owns what the machine needs for a task: finds what is missing, says so, and installs it
//! where it may. A second run finds nothing to do, and fast.

pub(crate) mod deny;
mod npm;
mod system;
mod targets;

pub(crate) use system::{NEEDS, Need, Platform};

use crate::error::Outcome;
use crate::places::Places;

/// What a need is for. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// The window's files: npm packages and the wasm target.
    Window,
    /// The mock: what any Rust program needs.
    Mock,
    /// The native window.
    Run,
    /// All that CI checks.
    Test,
}

/// Makes the machine ready for a purpose.
pub(crate) fn prepare(places: &Places, purpose: Purpose) -> Outcome {
    system::prepare(purpose)?;
    if purpose != Purpose::Mock {
        targets::prepare(targets::WASM)?;
        npm::prepare(&places.ui(), "the design system and the optimiser")?;
    }
    if purpose == Purpose::Test {
        targets::prepare_checkers()?;
        targets::prepare(targets::ANDROID)?;
        npm::prepare(
            &places.tests(),
            "the accessibility checker and the OpenID provider",
        )?;
    }
    Ok(())
}

/// Whether a compilation target is installed.
pub(crate) fn has_target(name: &str) -> bool {
    targets::is_installed(name)
}

/// Whether the npm packages of a folder are what its lock file says.
pub(crate) fn has_packages(folder: &std::path::Path) -> bool {
    npm::is_installed(folder)
}

pub(crate) use targets::{ANDROID, WASM};
