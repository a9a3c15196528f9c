//! What the window may ask. One file a slice; each command parses, calls the core, maps the error.

pub(crate) mod account;
pub(crate) mod appointments;
pub(crate) mod home;
pub(crate) mod record;
pub(crate) mod repeats;
pub(crate) mod sources;
pub(crate) mod sync;

use hale_contracts::error::ErrorView;
use hale_core::error::Error;

/// What a command answers.
pub(crate) type Answer<T> = Result<T, ErrorView>;

/// The error as the window gets it; its code and its sources' kinds go into the log.
pub(crate) fn to_view(error: Error) -> ErrorView {
    let view = error.view();
    tracing::warn!(reference = %view.reference, %error, "a command failed");
    view
}
