//! Set-up, run and test of Hale.
fn main() {}
