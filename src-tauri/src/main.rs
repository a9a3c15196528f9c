//! The native shell of Hale.
fn main() {}
