//! The window of Hale: shows views and sends requests, and nothing else. It holds no record, no
//! token and no rule of medicine; everything it knows came through [`ipc`] and is gone with it.

// What `#[component]` makes of a component's arguments is `pub`, whatever the component is.
#![allow(unreachable_pub)]

mod account;
mod app;
mod appointments;
mod components;
mod help;
mod home;
mod ipc;
mod record;
mod repeats;
mod settings;
mod state;
mod wording;

include!(concat!(env!("OUT_DIR"), "/i18n.rs"));

use generated::i18n;

fn main() {
    console_error_panic_hook::set_once();
    app::start();
}
