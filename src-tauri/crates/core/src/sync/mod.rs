//! Bringing the mirror up to date: a pure plan, then its application.

pub mod plan;
