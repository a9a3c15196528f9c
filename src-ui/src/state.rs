//! What the whole window shares: the session, the running check, the appearance; and [`Loadable`],
//! how one screen holds what it asked the shell for. Keeps nothing beyond the window's life.

mod access;
mod appearance;
pub(crate) mod content;
mod loadable;
mod session;
mod sync;
mod triggers;

pub(crate) use access::dismiss_access_notice;
pub(crate) use appearance::{Appearance, text_size_name, theme_name};
pub(crate) use loadable::Loadable;
pub(crate) use session::{Session, destination, practice};
pub(crate) use sync::Sync;
pub(crate) use triggers::Pull;
