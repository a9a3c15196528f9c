//! A page for each job that this version cannot do: says so, and what to do instead. Never a dead
//! end.

use hale_contracts::links::OfficialLink;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::outside::{OutsideLink, PracticeContact};
use crate::components::{InsetText, Page};
use crate::state;
use crate::wording::{Lang, lang, td_string};

/// A job that this version cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Consult,
    Sharing,
    Triage,
    Messages,
}

impl Topic {
    fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "consult" => Some(Self::Consult),
            "sharing" => Some(Self::Sharing),
            "triage" | "111" => Some(Self::Triage),
            "messages" => Some(Self::Messages),
            _ => None,
        }
    }
}

/// What a topic's page says.
struct Words {
    title: &'static str,
    cannot: &'static str,
    instead: &'static str,
    urgent_heading: &'static str,
    urgent: &'static str,
    /// An official page that helps, and what its button says.
    outside: (OfficialLink, &'static str),
    /// A screen of Hale that helps.
    see: Option<(&'static str, &'static str)>,
}

fn words(lang: Lang, topic: Topic) -> Words {
    let urgent_heading = td_string!(lang, help.topic.urgent_heading);
    let urgent = td_string!(lang, help.topic.urgent);
    let nhs_website = (
        OfficialLink::NhsWebsite,
        td_string!(lang, help.topic.website),
    );
    match topic {
        Topic::Consult => Words {
            title: td_string!(lang, help.topic.consult.title),
            cannot: td_string!(lang, help.topic.consult.cannot),
            instead: td_string!(lang, help.topic.consult.instead),
            urgent_heading,
            urgent,
            outside: nhs_website,
            see: Some(("/appointments", td_string!(lang, help.topic.consult.see))),
        },
        Topic::Sharing => Words {
            title: td_string!(lang, help.topic.sharing.title),
            cannot: td_string!(lang, help.topic.sharing.cannot),
            instead: td_string!(lang, help.topic.sharing.instead),
            urgent_heading,
            urgent,
            outside: (
                OfficialLink::DataOptOut,
                td_string!(lang, help.topic.sharing.link),
            ),
            see: None,
        },
        Topic::Triage => Words {
            title: td_string!(lang, help.topic.triage.title),
            cannot: td_string!(lang, help.topic.triage.cannot),
            instead: td_string!(lang, help.topic.triage.instead),
            urgent_heading: td_string!(lang, help.topic.triage.urgent_heading),
            urgent: td_string!(lang, help.topic.triage.urgent),
            outside: (
                OfficialLink::Nhs111,
                td_string!(lang, help.safety.call_111_online),
            ),
            see: None,
        },
        Topic::Messages => Words {
            title: td_string!(lang, help.topic.messages.title),
            cannot: td_string!(lang, help.topic.messages.cannot),
            instead: td_string!(lang, help.topic.messages.instead),
            urgent_heading,
            urgent,
            outside: nhs_website,
            see: None,
        },
    }
}

/// The page of a topic, or of none.
#[component]
pub(crate) fn TopicPage() -> impl IntoView {
    let params = use_params_map();
    move || {
        let slug = params
            .with(|params| params.get("topic"))
            .unwrap_or_default();
        match Topic::from_slug(&slug) {
            Some(topic) => view! { <Known topic /> }.into_any(),
            None => view! { <Unknown /> }.into_any(),
        }
    }
}

#[component]
fn Known(topic: Topic) -> impl IntoView {
    let lang = lang();
    let words = words(lang, topic);
    let (link, label) = words.outside;
    view! {
        <Page title=words.title>
            <InsetText>
                <p>{words.cannot}</p>
            </InsetText>
            <h2>{td_string!(lang, help.topic.instead_heading)}</h2>
            <p>{words.instead}</p>
            {move || view! { <PracticeContact practice=state::practice() /> }}
            <OutsideLink link id="open-outside" label />
            {words
                .see
                .map(|(href, label)| {
                    view! {
                        <p>
                            <a href=href>{label}</a>
                        </p>
                    }
                })}
            <h2>{words.urgent_heading}</h2>
            <p>{words.urgent}</p>
            <p>
                <a href="/help">{td_string!(lang, help.topic.safety_link)}</a>
            </p>
        </Page>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    let lang = lang();
    view! {
        <Page title=td_string!(lang, help.topic.unknown.title)>
            <p>{td_string!(lang, help.topic.unknown.text)}</p>
            <ul>
                <li>
                    <a href="/help">{td_string!(lang, help.topic.safety_link)}</a>
                </li>
                <li>
                    <a href="/">{td_string!(lang, help.topic.unknown.home)}</a>
                </li>
            </ul>
        </Page>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_of_the_home_page_that_is_missing_has_a_page() {
        for slug in ["consult", "sharing", "111", "messages"] {
            let topic = Topic::from_slug(slug);
            assert!(topic.is_some(), "{slug} must not be a dead end");
        }
        assert_eq!(Topic::from_slug("appointments"), None);
    }

    #[test]
    fn every_page_says_that_hale_cannot_do_it_yet() {
        for topic in [
            Topic::Consult,
            Topic::Sharing,
            Topic::Triage,
            Topic::Messages,
        ] {
            assert!(
                words(Lang::en, topic)
                    .cannot
                    .contains("in this version of Hale")
            );
        }
    }
}
