//! What could not be checked although older content is shown: why, one way to try again, and from
//! the second failure on other ways to get help.

use hale_contracts::error::{ErrorCode, ErrorView};
use leptos::prelude::*;

use super::error_panel::Ways;
use super::{Button, ErrorWords, WarningCallout};
use crate::wording::{lang, td_string};

/// A warning above content that may be out of date.
#[component]
pub(crate) fn StaleCallout(
    /// What it is about.
    #[prop(into)]
    heading: String,
    /// What could not be checked, within "There is still a problem showing …".
    #[prop(into)]
    what: String,
    /// That what is shown may be out of date.
    #[prop(into)]
    text: String,
    /// What went wrong.
    error: ErrorView,
    /// How many checks in a row have failed. From the second on, other ways are named.
    #[prop(into)]
    failures: Signal<u32>,
    /// Checks again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    let lang = lang();
    let is_again = Memo::new(move |_| failures.get() > 1);
    let needs_sign_in = matches!(error.code, ErrorCode::SignInNeeded | ErrorCode::SignedOut);
    let can_retry = error.can_retry;
    view! {
        <WarningCallout heading=heading>
            <p>{text}</p>
            // Said aloud only when it comes: the first words stand on the page already.
            <p role="status">
                {move || {
                    is_again
                        .get()
                        .then(|| {
                            td_string!(lang, common.problem.heading_again, what = what.as_str())
                        })
                }}
            </p>
            <ErrorWords error=error/>
            {can_retry
                .then(|| {
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
        </WarningCallout>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::Lang;

    #[test]
    fn the_second_failure_names_other_ways() {
        for (failures, is_again) in [(1, false), (2, true)] {
            let html = Owner::new().with(|| {
                view! {
                    <StaleCallout
                        heading="Not checked"
                        what="your appointments"
                        text="May be out of date."
                        error=ErrorView::new(ErrorCode::TimedOut)
                        failures=Signal::stored(failures)
                        retry=|()| ()
                    />
                }
                .to_html()
            });
            assert!(html.contains(td_string!(Lang::en, common.try_again)));
            assert_eq!(html.contains("There is still a problem"), is_again);
            assert_eq!(html.contains("tel:999"), is_again);
        }
    }
}
