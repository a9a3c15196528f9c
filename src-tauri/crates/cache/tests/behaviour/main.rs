//! The store on the device, from outside.

mod device;
mod support;
