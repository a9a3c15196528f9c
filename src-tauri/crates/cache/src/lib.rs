//! The encrypted store on the device and its keys.
