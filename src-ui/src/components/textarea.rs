//! The design system's textarea, with its character count where there is a limit.

use leptos::prelude::*;

use super::field::{FieldError, Hint, Label, described_by, field_class, group_class};
use crate::wording::{Lang, lang, td_string};

/// Several lines of text.
#[component]
pub(crate) fn Textarea(
    /// Its id, and its name where no other is given.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// A hint below the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong, if anything.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether the label is the heading of the page.
    #[prop(optional)]
    is_heading: bool,
    /// Its name, where it differs from the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// How many characters are allowed. More can be typed, so that nothing is lost unseen.
    #[prop(optional)]
    limit: Option<u32>,
) -> impl IntoView {
    let lang = lang();
    let has_limit = limit.is_some();
    let (group, field) = if has_limit {
        (
            "nhsuk-character-count",
            "nhsuk-textarea nhsuk-js-character-count",
        )
    } else {
        ("", "nhsuk-textarea")
    };
    let body = view! {
        <Label field=id.clone() text=label is_heading=is_heading/>
        <Hint field=id.clone() text=hint.clone()/>
        <FieldError field=id.clone() error=error/>
        <textarea
            class=field_class(field, error)
            id=id.clone()
            name=name.unwrap_or_else(|| id.clone())
            rows="5"
            aria-describedby=described_by(&id, has_limit, hint.is_some(), error)
            prop:value=move || value.get()
            on:input:target=move |event| value.set(event.target().value())
        ></textarea>
        {limit.map(|limit| view! { <Count lang=lang id=id.clone() limit=limit value=value/> })}
    };
    if has_limit {
        view! {
            <div
                class=group_class(error, group)
                data-module="nhsuk-character-count"
                data-maxlength=limit.map(|limit| limit.to_string())
            >
                {body}
            </div>
        }
        .into_any()
    } else {
        view! { <div class=group_class(error, group)>{body}</div> }.into_any()
    }
}

/// How many characters are left. Said aloud only when typing pauses is the browser's own doing:
/// a polite live region is read when the reader has nothing else to say.
#[component]
fn Count(lang: Lang, id: String, limit: u32, value: RwSignal<String>) -> impl IntoView {
    let typed = Memo::new(move |_| {
        value.with(|text| u32::try_from(text.chars().count()).unwrap_or(u32::MAX))
    });
    let class = move || {
        if typed.get() > limit {
            "nhsuk-error-message nhsuk-character-count__message"
        } else {
            "nhsuk-hint nhsuk-character-count__message"
        }
    };
    view! {
        <div class=class id=format!("{id}-info")>
            {move || count_words(lang, typed.get(), limit)}
        </div>
    }
}

fn count_words(lang: Lang, typed: u32, limit: u32) -> String {
    if typed == 0 {
        td_string!(lang, common.characters_limit, count = limit)
    } else if typed <= limit {
        td_string!(lang, common.characters_left, count = limit - typed)
    } else {
        td_string!(lang, common.characters_over, count = typed - limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_says_what_is_left_and_what_is_too_much() {
        let words = |typed| count_words(Lang::en, typed, 10);
        assert_eq!(words(0), "You can enter up to 10 characters");
        assert_eq!(words(9), "You have 1 character remaining");
        assert_eq!(words(10), "You have 0 characters remaining");
        assert_eq!(words(12), "You have 2 characters too many");
    }
}
