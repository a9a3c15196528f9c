//! The design system's pagination: one page back, one page on.

use leptos::prelude::*;

use super::{Icon, Picture};
use crate::wording::{lang, td_string};

/// A page beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageLink {
    /// Its address.
    pub(crate) href: String,
    /// What it holds.
    pub(crate) label: String,
}

/// Leads to the page before and after.
#[component]
pub(crate) fn Pagination(
    /// The page before, if there is one.
    #[prop(optional, into)]
    previous: Option<PageLink>,
    /// The page after, if there is one.
    #[prop(optional, into)]
    next: Option<PageLink>,
) -> impl IntoView {
    let lang = lang();
    let page = td_string!(lang, common.pagination.page);
    view! {
        <nav
            class="nhsuk-pagination"
            role="navigation"
            aria-label=td_string!(lang, common.pagination.label)
        >
            <ul class="nhsuk-list nhsuk-pagination__list">
                {previous
                    .map(|link| {
                        view! {
                            <li class="nhsuk-pagination-item--previous">
                                <a
                                    class="nhsuk-pagination__link nhsuk-pagination__link--prev"
                                    href=link.href
                                    rel="prev"
                                >
                                    <span class="nhsuk-pagination__title">
                                        {td_string!(lang, common.pagination.previous)}
                                        <span class="nhsuk-u-visually-hidden">{page}</span>
                                    </span>
                                    <span class="nhsuk-u-visually-hidden">":"</span>
                                    <span class="nhsuk-pagination__page">{link.label}</span>
                                    <Icon picture=Picture::ArrowLeft/>
                                </a>
                            </li>
                        }
                    })}
                {next
                    .map(|link| {
                        view! {
                            <li class="nhsuk-pagination-item--next">
                                <a
                                    class="nhsuk-pagination__link nhsuk-pagination__link--next"
                                    href=link.href
                                    rel="next"
                                >
                                    <span class="nhsuk-pagination__title">
                                        {td_string!(lang, common.pagination.next)}
                                        <span class="nhsuk-u-visually-hidden">{page}</span>
                                    </span>
                                    <span class="nhsuk-u-visually-hidden">":"</span>
                                    <span class="nhsuk-pagination__page">{link.label}</span>
                                    <Icon picture=Picture::ArrowRight/>
                                </a>
                            </li>
                        }
                    })}
            </ul>
        </nav>
    }
}
