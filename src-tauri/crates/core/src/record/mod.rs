//! The record: its overview, lists, items and search, as views.
//!
//! Reads the mirror only; nothing here asks a server.

pub mod absence;
mod find_items;
mod item;
mod lookup;
mod overview;
mod section;
pub mod view;

pub(crate) use lookup::Lookup;
