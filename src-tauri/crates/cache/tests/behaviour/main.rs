//! The store on the device, from outside.

mod crash;
mod device;
mod laws;
mod plaintext;
mod search;
mod support;
