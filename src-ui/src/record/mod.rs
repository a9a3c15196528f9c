//! The record on screen: its overview with search, a section's list, one item.
//!
//! Shows what the shell says and decides nothing about it; above all, it never turns "nothing
//! shown" into "none".

mod dose;
mod item;
mod names;
mod overview;
mod revealed;
mod row;
mod search;
mod section;
mod values;
mod words;

pub(crate) use item::ItemPage;
pub(crate) use overview::RecordPage;
pub(crate) use revealed::Revealed;
#[cfg(test)]
pub(crate) use row::tests as samples;
pub(crate) use section::SectionPage;
