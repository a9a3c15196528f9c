//! The store on the device, from outside.

#![cfg(test)]

mod crash;
mod device;
mod io_faults;
mod killed;
mod laws;
mod mend;
mod plaintext;
mod search;
mod support;
