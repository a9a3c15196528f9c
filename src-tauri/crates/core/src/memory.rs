//! In-memory stores that follow the same laws as the real ones, for tests.
