//! The real window: the shell's own program under a virtual screen, driven through WebDriver, with
//! the real keychain and a real browser at the sign-in page.
//!
//! `cargo xtask test` starts these in a session of their own with a screen, a message bus and an
//! unlocked keychain, and names the programs in the environment.

mod access;
mod axe;
mod browser;
mod calendar;
mod cancelling;
mod gallery;
mod harness;
mod journey;
mod keyboard;
mod looks;
mod mock_pages;
mod repeats;
mod replacing;
mod screen;
mod screens;
mod sign_in_page;
mod sources;
mod updates;
mod visit;
