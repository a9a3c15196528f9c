//! Owns what the machine needs for a task: finds what is missing, says so, and installs it
//! where it may. A second run finds nothing to do, and fast.

mod list;
mod npm;
pub(crate) mod peers;
mod system;
mod targets;
mod tool;

pub(crate) use list::{Item, Need, Platform, Source, items};

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
    /// The tests, and the measurements.
    Test,
    /// All that CI checks: licences and Android too.
    Check,
}

impl Purpose {
    /// Whether whoever has this purpose needs what the other one is for. The mock opens no window
    /// and asks for no npm package.
    pub(crate) fn includes(self, other: Self) -> bool {
        match self {
            Self::Mock => other == Self::Mock,
            _ => other <= self,
        }
    }
}

/// Makes the machine ready for a purpose, and says first what that takes.
///
/// # Errors
/// If something is missing that only the person may install, with the command for it.
pub(crate) fn prepare(places: &Places, purpose: Purpose) -> Outcome {
    let platform = Platform::here();
    let items = items(places, platform, purpose);
    list::announce(platform, &items);
    if items.iter().all(|item| item.is_there) {
        return Ok(());
    }
    system::prepare(platform, &items)?;
    if purpose.includes(Purpose::Window) {
        targets::prepare(targets::WASM)?;
        npm::prepare(&places.ui(), "the design system and the optimiser")?;
    }
    if purpose.includes(Purpose::Test) {
        targets::prepare_checkers()?;
        npm::prepare(
            &places.tests(),
            "the accessibility checker and the servers that are not ours",
        )?;
    }
    if purpose.includes(Purpose::Check) {
        targets::prepare(targets::ANDROID)?;
    }
    Ok(())
}

pub(crate) use targets::{ANDROID, WASM};
pub(crate) use tool::{DENY, FUZZ};
