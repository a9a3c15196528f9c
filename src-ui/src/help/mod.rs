//! Help that works with no connection: when to call 999 or use 111, and what to do instead of the
//! jobs that this version cannot do. Asks the shell for nothing but to open an official page.

mod outside;
mod safety;
mod topic;

pub(crate) use outside::{OutsideLink, PracticeContact};
pub(crate) use safety::SafetyPage;
pub(crate) use topic::TopicPage;
