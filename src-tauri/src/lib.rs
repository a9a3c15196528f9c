//! The native shell of Hale.
