//! What a source says, in parts: its own words as they are, and what stands around them as data.
//!
//! Hale's own words ("to", "or more", "Yes") never travel inside a text: the window has them in the
//! patient's language. A number is text here, with every digit that its source wrote.

use serde::{Deserialize, Serialize};

use crate::time::PartialDate;

/// A value that the window puts into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Phrase {
    /// Words of the source, or a number with its unit. Shown unchanged.
    Text(String),
    /// A code that the source gave without words, for example `in-progress`. One that the window
    /// has no words for is shown as it is.
    Code(String),
    /// A plain yes or no.
    YesNo(bool),
    /// A date as exact as the source gave it.
    Date(PartialDate),
    /// A span of time; either end may be open.
    Period(Option<PartialDate>, Option<PartialDate>),
    /// How many.
    Count(u32),
    /// The size of a file, in bytes.
    Bytes(u32),
    /// Between two amounts; either end may be open.
    Range(RangeView),
    /// The ages that something is for.
    Age(RangeView),
    /// One of a number: the second dose of three.
    OutOf {
        /// Which, or how many so far, as the source wrote it.
        number: String,
        /// Of how many, as the source wrote it.
        all: String,
    },
    /// How many times a medicine was issued, where nobody says how often it may be.
    Issued(u32),
    /// Something, and in brackets what more is said of it: how severe, for whom, in which role.
    With(Box<Phrase>, Vec<Phrase>),
    /// Several things side by side.
    All(Vec<Phrase>),
    /// Something that the source does not name.
    Unnamed,
}

/// Between two amounts.
///
/// Invariant: at least one end is there. The ends carry a unit of their own only where the two
/// differ; then `unit` is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeView {
    /// The least, as the source wrote it.
    pub low: Option<String>,
    /// The most, as the source wrote it.
    pub high: Option<String>,
    /// The unit of both, where it is not said elsewhere.
    pub unit: Option<String>,
}

impl Phrase {
    /// The words of the source in it, without its dates and numbers.
    pub fn for_each_text<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        match self {
            Self::Text(words) | Self::Code(words) => visit(words),
            Self::With(main, more) => {
                main.for_each_text(visit);
                for phrase in more {
                    phrase.for_each_text(visit);
                }
            }
            Self::All(phrases) => {
                for phrase in phrases {
                    phrase.for_each_text(visit);
                }
            }
            Self::YesNo(_)
            | Self::Date(_)
            | Self::Period(..)
            | Self::Count(_)
            | Self::Bytes(_)
            | Self::Range(_)
            | Self::Age(_)
            | Self::OutOf { .. }
            | Self::Issued(_)
            | Self::Unnamed => {}
        }
    }
}
