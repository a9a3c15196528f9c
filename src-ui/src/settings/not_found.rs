//! A path that leads nowhere.

use leptos::prelude::*;

use crate::components::Page;
use crate::wording::{lang, td_string};

/// Says so, and that nothing is lost.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    let lang = lang();
    view! {
        <Page title=td_string!(lang, common.not_found.title)>
            <p>{td_string!(lang, common.not_found.body)}</p>
            <p>
                <a href="/">{td_string!(lang, common.not_found.home)}</a>
            </p>
        </Page>
    }
}
