//! The window of Hale.
fn main() {}
