//! Errors of the core as codes that a screen can act on.
