//! The design system's cards that are links, and its three grades of care card.

use leptos::prelude::*;

use super::{Icon, Picture};
use crate::wording::{lang, td_string};

/// A box that leads somewhere as a whole.
#[component]
pub(crate) fn LinkCard(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it says.
    #[prop(into)]
    heading: String,
    /// A line below.
    #[prop(optional, into)]
    description: Option<String>,
    /// The id of the link.
    #[prop(optional, into)]
    id: Option<String>,
    /// More below, for example tags.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="nhsuk-card nhsuk-card--clickable nhsuk-card--primary">
            <div class="nhsuk-card__content">
                <h2 class="nhsuk-card__heading nhsuk-heading-m">
                    <a class="nhsuk-card__link" href=href id=id>{heading}</a>
                </h2>
                {description
                    .map(|words| view! { <p class="nhsuk-card__description">{words}</p> })}
                {children.map(|children| children())}
                <Icon picture=Picture::ChevronRightCircle/>
            </div>
        </div>
    }
}

/// How soon help is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CareKind {
    /// See somebody when it suits.
    NonUrgent,
    /// See somebody today.
    Urgent,
    /// Call 999 now.
    Emergency,
}

/// Advice about how soon to get help.
#[component]
pub(crate) fn CareCard(
    /// How soon.
    kind: CareKind,
    /// What to do.
    #[prop(into)]
    heading: String,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    let (class, prefix) = match kind {
        CareKind::NonUrgent => (
            "nhsuk-card nhsuk-card--care nhsuk-card--care--non-urgent",
            td_string!(lang, common.non_urgent_prefix),
        ),
        CareKind::Urgent => (
            "nhsuk-card nhsuk-card--care nhsuk-card--care--urgent",
            td_string!(lang, common.urgent_prefix),
        ),
        CareKind::Emergency => (
            "nhsuk-card nhsuk-card--care nhsuk-card--care--emergency",
            td_string!(lang, common.emergency_prefix),
        ),
    };
    view! {
        <div class=class>
            <div class="nhsuk-card__heading-container">
                <h2 class="nhsuk-card__heading">
                    <span role="text">
                        <span class="nhsuk-u-visually-hidden">{prefix}</span>
                        {heading}
                    </span>
                </h2>
                <span class="nhsuk-card--care__arrow" aria-hidden="true"></span>
            </div>
            <div class="nhsuk-card__content">{children()}</div>
        </div>
    }
}
