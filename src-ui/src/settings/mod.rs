//! How the window looks, how fresh everything is, the service, signing out, and what this copy is.

mod about;
mod appearance;
mod not_found;
mod overview;
mod remove;
mod service;
mod sign_out;
mod sources;
mod updates;

pub(crate) use about::AboutPage;
pub(crate) use appearance::AppearancePage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use overview::SettingsPage;
pub(crate) use remove::RemovePage;
pub(crate) use service::ServicePage;
pub(crate) use sign_out::SignOutPage;
pub(crate) use sources::{LinkPage, SourcesPage};
pub(crate) use updates::UpdatesPage;
