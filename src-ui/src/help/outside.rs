//! Ways out of Hale: an official page in the system browser, and the practice's telephone number.

use hale_contracts::account::PracticeView;
use hale_contracts::links::OfficialLink;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ipc;
use crate::wording::{self, Lang, lang, td_string};

/// A button that opens an official page in the system browser, and says its address where that
/// does not work.
#[component]
pub(crate) fn OutsideLink(
    /// The page.
    link: OfficialLink,
    /// The id of the button.
    id: &'static str,
    /// What it says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let lang = lang();
    let failed = RwSignal::new(false);
    let open = move |_| {
        spawn_local(async move {
            failed.set(ipc::open_link(link).await.is_err());
        });
    };
    view! {
        <p>
            <button type="button" id=id class="nhsuk-button nhsuk-button--secondary" on:click=open>
                {label}
            </button>
        </p>
        <div role="status">
            {move || {
                failed
                    .get()
                    .then(|| {
                        view! {
                            <p>{td_string!(lang, help.safety.link_failed, address = address(link))}</p>
                        }
                    })
            }}
        </div>
    }
}

/// The address as people read it out.
pub(crate) fn address(link: OfficialLink) -> &'static str {
    link.url()
        .trim_start_matches("https://")
        .trim_end_matches('/')
}

/// How to reach the practice, as far as is known, with a number that can be dialled.
#[component]
pub(crate) fn PracticeContact(
    /// The practice, where it is known.
    practice: Option<PracticeView>,
) -> impl IntoView {
    let lang = lang();
    view! { <p class="hale-practice-contact">{contact(lang, practice.as_ref())}</p> }
}

fn contact(lang: Lang, practice: Option<&PracticeView>) -> AnyView {
    let Some(practice) = practice else {
        return td_string!(lang, help.safety.practice_unknown).into_any();
    };
    let name = practice.name.as_str();
    let Some(phone) = &practice.phone else {
        return td_string!(lang, help.safety.practice_no_phone, name).into_any();
    };
    let words = td_string!(
        lang,
        help.safety.practice_phone,
        name,
        phone = phone.as_str()
    );
    match wording::phone_link(phone) {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_short_enough_to_type() {
        assert_eq!(address(OfficialLink::Nhs111), "111.nhs.uk");
        assert_eq!(
            address(OfficialLink::DataOptOut),
            "www.nhs.uk/your-nhs-data-matters"
        );
    }
}
