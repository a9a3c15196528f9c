//! An error in words: what, why, what next, one way to try again, and other ways to get help.

use hale_contracts::account::PracticeView;
use hale_contracts::error::{ErrorCode, ErrorView};
use leptos::prelude::*;

use super::Button;
use crate::state;
use crate::wording::{self, Lang, lang, phone_link, td_string};

/// Why, and what next: the words of an error alone, for use within other frames.
#[component]
pub(crate) fn ErrorWords(
    /// What went wrong.
    error: ErrorView,
) -> impl IntoView {
    let lang = lang();
    let words = wording::error(lang, &error);
    view! {
        <p>{words.why}</p>
        {words.server_says.map(|words| view! { <p>{words}</p> })}
        <p>{words.next}</p>
    }
}

/// An error in place of what could not be shown.
#[component]
pub(crate) fn ErrorPanel(
    /// What went wrong.
    error: ErrorView,
    /// What could not be shown, within "There is a problem showing …".
    #[prop(into)]
    what: String,
    /// A heading instead of "There is a problem showing …".
    #[prop(optional, into)]
    heading: Option<String>,
    /// How many attempts in a row have failed. From the second on, other ways are named.
    #[prop(optional, into)]
    failures: Option<Signal<u32>>,
    /// Tries again, where that may help.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let lang = lang();
    state::Sync::read_again_after(&error);
    let is_again = Memo::new(move |_| failures.is_some_and(|failures| failures.get() > 1));
    let title = move || {
        if is_again.get() {
            td_string!(lang, common.problem.heading_again, what = what.as_str())
        } else {
            heading
                .clone()
                .unwrap_or_else(|| td_string!(lang, common.problem.heading, what = what.as_str()))
        }
    };
    let retry = retry.filter(|_| error.can_retry);
    let needs_sign_in = matches!(error.code, ErrorCode::SignInNeeded | ErrorCode::SignedOut);
    let reference = error.reference.clone();
    view! {
        <section class="hale-problem" role="alert">
            <h2 class="nhsuk-heading-m">{title}</h2>
            <ErrorWords error=error/>
            {retry
                .map(|retry| {
                    view! {
                        <Button on_click=move |_| retry.run(())>
                            {td_string!(lang, common.try_again)}
                        </Button>
                    }
                })}
            {needs_sign_in
                .then(|| {
                    view! {
                        <p>
                            <a href="/sign-in">{td_string!(lang, common.lapsed.sign_in)}</a>
                        </p>
                    }
                })}
            {move || is_again.get().then(|| view! { <Ways/> })}
            <p class="nhsuk-body-s hale-problem__reference">
                {td_string!(lang, common.problem.reference, reference = reference)}
            </p>
        </section>
    }
}

/// Other ways to get help when Hale cannot: the practice, 111 and 999.
#[component]
pub(super) fn Ways() -> impl IntoView {
    let lang = lang();
    let practice = state::practice();
    view! {
        <h3 class="nhsuk-heading-s">{td_string!(lang, common.problem.another_way)}</h3>
        <ul class="nhsuk-list nhsuk-list--bullet">
            <li>{practice_way(lang, practice)}</li>
            <li>
                <a href="tel:111">{td_string!(lang, common.problem.call_111)}</a>
            </li>
            <li>
                <a href="tel:999">{td_string!(lang, common.problem.call_999)}</a>
            </li>
        </ul>
    }
}

fn practice_way(lang: Lang, practice: Option<PracticeView>) -> AnyView {
    let Some((name, phone)) = practice.and_then(|practice| Some((practice.name, practice.phone?)))
    else {
        return td_string!(lang, common.problem.practice_no_phone).into_any();
    };
    let words = td_string!(
        lang,
        common.problem.practice_phone,
        practice = name,
        phone = phone.as_str()
    );
    match phone_link(&phone) {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    }
}
