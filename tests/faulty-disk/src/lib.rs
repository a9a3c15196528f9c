//! A disk that fails when a test says so, beneath SQLite.
//!
//! [`FaultyDisk`] makes the files below one folder fail; all other files of the process stay as they
//! are, so that tests run side by side. What it fails is what SQLite asks of a file system: writing,
//! making durable, reading, making a file. For tests alone.

mod shim;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// What a disk may do wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no room: nothing more can be written.
    Full,
    /// A write fails and leaves nothing.
    Write,
    /// A write fails after half of its bytes.
    ShortWrite,
    /// What was written cannot be made durable.
    Sync,
    /// A read fails.
    Read,
    /// No file can be made or removed: a folder that may only be read.
    ReadOnlyFolder,
}

/// How long it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// Once.
    Once,
    /// From then on, until [`FaultyDisk`] is dropped.
    Always,
}

/// What SQLite asks of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Write,
    /// Room for more, without bytes yet.
    Grow,
    Sync,
    Read,
    MakeOrRemove,
}

impl Fault {
    /// Whether this is what the fault strikes.
    fn strikes(self, asked: Asked) -> bool {
        match self {
            Self::Full => matches!(asked, Asked::Write | Asked::Grow),
            Self::Write | Self::ShortWrite => asked == Asked::Write,
            Self::Sync => asked == Asked::Sync,
            Self::Read => asked == Asked::Read,
            Self::ReadOnlyFolder => asked == Asked::MakeOrRemove,
        }
    }
}

struct Plan {
    fault: Fault,
    lasts: Lasts,
    /// How many more times it goes well.
    spared: u64,
    struck: u64,
}

static PLANS: LazyLock<Mutex<HashMap<PathBuf, Plan>>> = LazyLock::new(Mutex::default);

fn plans() -> MutexGuard<'static, HashMap<PathBuf, Plan>> {
    PLANS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The fault that this request meets, if it meets one.
pub(crate) fn met(path: &Path, asked: Asked) -> Option<Fault> {
    let mut plans = plans();
    let (_, plan) = plans
        .iter_mut()
        .find(|(folder, plan)| plan.fault.strikes(asked) && path.starts_with(folder))?;
    if plan.spared > 0 {
        plan.spared -= 1;
        return None;
    }
    if plan.lasts == Lasts::Once && plan.struck > 0 {
        return None;
    }
    plan.struck += 1;
    Some(plan.fault)
}

/// Makes the files below a folder fail, until it is dropped.
pub struct FaultyDisk {
    folder: PathBuf,
}

impl FaultyDisk {
    /// Must be called before the first file is opened that shall fail: a file that is open already
    /// goes its own way.
    ///
    /// # Panics
    /// If SQLite refuses the file system.
    pub fn prepare() {
        shim::register();
    }

    /// From now on, of what the fault strikes, the first `spared` requests go well; then it strikes.
    ///
    /// # Panics
    /// If something fails there already.
    #[must_use]
    pub fn strike(folder: &Path, fault: Fault, lasts: Lasts, spared: u64) -> Self {
        shim::register();
        let plan = Plan {
            fault,
            lasts,
            spared,
            struck: 0,
        };
        let before = plans().insert(folder.to_owned(), plan);
        assert!(before.is_none(), "this folder fails already");
        Self {
            folder: folder.to_owned(),
        }
    }

    /// How many times it struck.
    #[must_use]
    pub fn struck(&self) -> u64 {
        plans().get(&self.folder).map_or(0, |plan| plan.struck)
    }
}

impl Drop for FaultyDisk {
    fn drop(&mut self) {
        plans().remove(&self.folder);
    }
}
