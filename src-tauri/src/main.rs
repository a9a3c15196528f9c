//! The desktop program. Everything is in the library, which phones start by another door.

// On Windows a release build must not open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    hale_lib::run();
}
