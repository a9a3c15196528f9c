//! One item in a list: what it is, how it stands, its values, its date and source. What its source
//! marks as sensitive stays hidden until the patient asks for it.

use hale_contracts::record::{ItemStatus, RecordItemView};
use leptos::prelude::*;
use leptos_router::location::Url;

use super::dose::Doses;
use super::revealed::Revealed;
use super::{values, words};
use crate::components::page::focus_soon;
use crate::components::{
    Button, ButtonKind, ChangeTag, ProvenanceLine, RemovedLine, Tag, TagColour,
};
use crate::wording::{self, Lang, lang, td_string};

/// The address of an item's page. Only an id of this device stands in it, never anything personal.
pub(crate) fn item_href(item: &RecordItemView) -> String {
    format!("/record/item/{}", Url::escape(&item.id.0))
}

/// An item as an entry of a list.
#[component]
pub(crate) fn ItemRow(
    /// The item.
    item: RecordItemView,
    /// An id for the link to its page, so that focus can be put there.
    #[prop(into)]
    link_id: String,
    /// Whether the list itself stands below a second heading.
    #[prop(optional)]
    is_nested: bool,
) -> impl IntoView {
    let revealed = Revealed::expect();
    let hidden = {
        let item = item.clone();
        Memo::new(move |_| revealed.hides(&item))
    };
    view! {
        <li class="hale-item">
            {move || {
                if hidden.get() {
                    view! { <Hidden item=item.clone() link_id=link_id.clone() is_nested /> }
                        .into_any()
                } else {
                    view! { <Shown item=item.clone() link_id=link_id.clone() is_nested /> }
                        .into_any()
                }
            }}
        </li>
    }
}

#[component]
fn Shown(item: RecordItemView, link_id: String, is_nested: bool) -> impl IntoView {
    let lang = lang();
    let name = words::title(lang, &item);
    let link = view! {
        <a href=item_href(&item) id=link_id>
            {name.clone()}
        </a>
    };
    let lines = values::short_lines(lang, &name, &item.values);
    view! {
        {title(link, is_nested)}
        <Tags item=item.clone() />
        {item
            .subtitle
            .map(|subtitle| {
                view! {
                    <p class="hale-item__line hale-as-written">
                        {wording::phrase(lang, &subtitle)}
                    </p>
                }
            })}
        <Doses doses=item.doses />
        {(!lines.is_empty())
            .then(|| {
                view! {
                    <ul class="hale-item__values">
                        {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                    </ul>
                }
            })}
        <ProvenanceLine provenance=item.provenance />
    }
}

/// An item that its source marks as sensitive, before the patient has asked for it.
#[component]
fn Hidden(item: RecordItemView, link_id: String, is_nested: bool) -> impl IntoView {
    let lang = lang();
    let revealed = Revealed::expect();
    let id = item.id.clone();
    let date = words::item_date(lang, &item);
    let show = move |_| {
        revealed.show(id.clone());
        let link_id = link_id.clone();
        // The button is gone; without this the keyboard would start at the top again.
        focus_soon(&link_id);
    };
    view! {
        {title(td_string!(lang, record.sensitive.title), is_nested)}
        <p class="hale-item__line">{td_string!(lang, record.sensitive.text)}</p>
        <Button kind=ButtonKind::Secondary on_click=show>
            <span aria-hidden="true">{td_string!(lang, record.sensitive.show)}</span>
            <span class="nhsuk-u-visually-hidden">
                {td_string!(lang, record.sensitive.show_of, date = date)}
            </span>
        </Button>
        <ProvenanceLine provenance=item.provenance />
    }
}

/// What is new about an item and how it stands, in words.
#[component]
pub(crate) fn Tags(
    /// The item.
    item: RecordItemView,
) -> impl IntoView {
    let lang = lang();
    let status = status_words(lang, &item);
    let source = item.provenance.source.name;
    let change = item.change;
    (change.is_some() || status.is_some()).then(|| {
        view! {
            <p class="hale-item__tags">
                {change.as_ref().map(|change| view! { <ChangeTag kind=change.kind /> })}
                {status
                    .map(|(words, colour)| view! { <Tag text=words colour=colour /> })}
            </p>
            {change.map(|change| view! { <RemovedLine change source /> })}
        }
    })
}

/// How an item stands. A status that Hale does not know is shown in its source's own word.
pub(crate) fn status_words(lang: Lang, item: &RecordItemView) -> Option<(String, TagColour)> {
    let status = item.status?;
    let words = match (status, &item.status_text) {
        (ItemStatus::Other, Some(text)) => {
            td_string!(
                lang,
                record.status_other,
                words = wording::phrase(lang, text)
            )
        }
        (status, _) => wording::item_status(lang, status).to_owned(),
    };
    Some((words, colour(status)))
}

fn colour(status: ItemStatus) -> TagColour {
    match status {
        ItemStatus::Active => TagColour::Green,
        ItemStatus::Inactive
        | ItemStatus::Resolved
        | ItemStatus::UnconfirmedEnded
        | ItemStatus::Completed
        | ItemStatus::Stopped
        | ItemStatus::NotDone
        | ItemStatus::Refused
        | ItemStatus::Cancelled
        | ItemStatus::Other => TagColour::Grey,
        ItemStatus::Planned => TagColour::Plain,
        ItemStatus::Preliminary | ItemStatus::Unconfirmed => TagColour::Yellow,
        ItemStatus::Amended => TagColour::Orange,
        ItemStatus::DoNotTake | ItemStatus::EnteredInError | ItemStatus::RemovedBySource => {
            TagColour::Red
        }
    }
}

fn title(content: impl IntoView, is_nested: bool) -> AnyView {
    if is_nested {
        view! { <h3 class="nhsuk-heading-s hale-item__title">{content}</h3> }.into_any()
    } else {
        view! { <h2 class="nhsuk-heading-s hale-item__title">{content}</h2> }.into_any()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use hale_contracts::phrase::Phrase;
    use hale_contracts::provenance::{ProvenanceView, SourceView};
    use hale_contracts::record::{ItemTitle, RecordItemId, SectionKind};

    pub(crate) fn item(title: &str) -> RecordItemView {
        RecordItemView {
            id: RecordItemId("s/Observation/1".to_owned()),
            section: SectionKind::Results,
            title: ItemTitle::Words(title.to_owned()),
            subtitle: None,
            doses: Vec::new(),
            status: None,
            status_text: None,
            comments: Vec::new(),
            values: Vec::new(),
            fields: Vec::new(),
            more: Vec::new(),
            is_sensitive: false,
            change: None,
            provenance: ProvenanceView {
                source: SourceView {
                    id: "s".to_owned(),
                    name: "Harbour Surgery".to_owned(),
                },
                organisation: None,
                author: None,
                recorded: None,
                last_checked: None,
            },
        }
    }

    #[test]
    fn an_id_with_slashes_is_one_part_of_the_address() {
        assert_eq!(item_href(&item("a")), "/record/item/s%2FObservation%2F1");
    }

    #[test]
    fn an_unknown_status_is_said_in_the_sources_own_word() {
        let mut unknown = item("a");
        unknown.status = Some(ItemStatus::Other);
        unknown.status_text = Some(Phrase::Text("dormant".to_owned()));
        let (words, _) = status_words(Lang::en, &unknown).unwrap();
        assert_eq!(words, "Status: dormant");
        assert!(status_words(Lang::en, &item("a")).is_none());
    }

    #[test]
    fn what_is_forbidden_or_not_confirmed_never_looks_like_what_is_active() {
        for (status, expected) in [
            (ItemStatus::DoNotTake, "Do not take"),
            (ItemStatus::Unconfirmed, "Possible, not confirmed"),
            (ItemStatus::UnconfirmedEnded, "Ended, was not confirmed"),
        ] {
            let mut shown = item("a");
            shown.status = Some(status);
            shown.status_text = Some(Phrase::Code("active".to_owned()));
            let (words, colour) = status_words(Lang::en, &shown).unwrap();
            assert_eq!(words, expected);
            assert_ne!(colour, TagColour::Green, "{status:?}");
        }
    }
}
