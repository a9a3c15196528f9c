//! Signing in and out, and whose record is shown.
