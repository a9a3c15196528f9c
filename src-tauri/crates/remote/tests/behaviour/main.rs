//! The client's behaviour towards servers that answer well, badly, with malice or not at all.

// A set-up that fails is a test that fails.
#![allow(clippy::unwrap_used)]

mod discovery;
mod fetch;
mod session;
mod sign_in;
mod support;
mod tls;
mod write;
