//! "Why can't I?": the reason and the next step. Not an error.

use hale_contracts::reasons::WhyNot;
use leptos::prelude::*;

use crate::state;
use crate::wording::{self, lang, phone_link, td_string};

/// Why something cannot be done or seen, and what to do instead.
#[component]
pub(crate) fn WhyNotPanel(
    /// Why.
    why: WhyNot,
    /// More ways on, for example another day.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = lang();
    let words = wording::why_not(lang, &why);
    let needs_sign_in = matches!(why, WhyNot::SignInLapsed | WhyNot::PatientChanged);
    let phone = state::practice()
        .and_then(|practice| Some((practice.name, practice.phone?)))
        .map(|(name, phone)| {
            let words = td_string!(
                lang,
                common.problem.practice_phone,
                practice = name,
                phone = phone.as_str()
            );
            match phone_link(&phone) {
                Some(href) => view! { <p><a href=href>{words}</a></p> }.into_any(),
                None => view! { <p>{words}</p> }.into_any(),
            }
        });
    view! {
        <section class="hale-why-not">
            <h2 class="nhsuk-heading-m">{words.heading}</h2>
            <p>{words.why}</p>
            {words.server_says.map(|words| view! { <p>{words}</p> })}
            <p>{words.next}</p>
            {if needs_sign_in {
                view! {
                    <p>
                        <a href="/sign-in">{td_string!(lang, common.lapsed.sign_in)}</a>
                    </p>
                }
                    .into_any()
            } else {
                phone.into_any()
            }}
            {children.map(|children| children())}
        </section>
    }
}
