//! The design system's notification banner.

use leptos::prelude::*;

use crate::wording::{lang, td_string};

/// Something that is not about this page's own content, or that has just been done.
#[component]
pub(crate) fn NotificationBanner(
    /// Its title; "Important" or "Success" without it.
    #[prop(optional, into)]
    title: Option<String>,
    /// Whether it says that something was acknowledged as done. Read out at once.
    #[prop(optional)]
    is_success: bool,
    /// The id of the title, where two banners stand on one page.
    #[prop(optional, into)]
    title_id: Option<String>,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    let title_id = title_id.unwrap_or_else(|| "nhsuk-notification-banner-title".to_owned());
    let (class, role, default_title) = if is_success {
        (
            "nhsuk-notification-banner nhsuk-notification-banner--success",
            "alert",
            td_string!(lang, common.success),
        )
    } else {
        (
            "nhsuk-notification-banner",
            "region",
            td_string!(lang, common.important),
        )
    };
    let labelled_by = title_id.clone();
    view! {
        <div
            class=class
            data-module="nhsuk-notification-banner"
            role=role
            aria-labelledby=labelled_by
        >
            <div class="nhsuk-notification-banner__header">
                <h2 class="nhsuk-notification-banner__title" id=title_id>
                    {title.unwrap_or_else(|| default_title.to_owned())}
                </h2>
            </div>
            <div class="nhsuk-notification-banner__content">{children()}</div>
        </div>
    }
}
