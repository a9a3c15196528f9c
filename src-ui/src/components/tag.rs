//! The design system's tag.

use leptos::prelude::*;

/// The colour of a tag. The words carry the meaning; the colour only helps to find it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum TagColour {
    /// The design system's default.
    #[default]
    Plain,
    /// Grey: over or not in force.
    Grey,
    /// Green: in order.
    Green,
    /// Yellow: waiting.
    Yellow,
    /// Orange: to look at.
    Orange,
    /// Red: cancelled or refused.
    Red,
    /// Blue: new.
    Blue,
}

impl TagColour {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "nhsuk-tag",
            Self::Grey => "nhsuk-tag nhsuk-tag--grey",
            Self::Green => "nhsuk-tag nhsuk-tag--green",
            Self::Yellow => "nhsuk-tag nhsuk-tag--yellow",
            Self::Orange => "nhsuk-tag nhsuk-tag--orange",
            Self::Red => "nhsuk-tag nhsuk-tag--red",
            Self::Blue => "nhsuk-tag nhsuk-tag--blue",
        }
    }
}

/// A short status.
#[component]
pub(crate) fn Tag(
    /// The status in words.
    #[prop(into)]
    text: String,
    /// Its colour.
    #[prop(optional)]
    colour: TagColour,
) -> impl IntoView {
    view! { <strong class=colour.class()>{text}</strong> }
}
