//! Before the record: welcome, the choice of a service, signing in, and confirming who it is.
//! Sees no password and no token: those stay between the browser, the service and the shell.

mod confirm;
mod locked;
mod service;
mod sign_in;
mod welcome;

pub(crate) use confirm::ConfirmPage;
pub(crate) use locked::LockedPage;
pub(crate) use service::ServicePage;
pub(crate) use sign_in::SignInPage;
pub(crate) use welcome::WelcomePage;
