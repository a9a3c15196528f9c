//! The frame of one page: title of the window, way back, heading, and focus on arriving.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::BackLink;
use crate::wording::{lang, td_string};

/// Whether no page has been shown yet: the first one must not take focus from the window's start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstPage(StoredValue<bool>);

impl FirstPage {
    /// Makes it known to everything below.
    pub(crate) fn provide() {
        provide_context(Self(StoredValue::new(true)));
    }

    fn take(self) -> bool {
        let was = self.0.get_value();
        self.0.set_value(false);
        was
    }
}

/// Puts the focus on the heading of the page: for when what had it goes away.
pub(crate) fn focus_heading() {
    if let Ok(Some(heading)) = document().query_selector("h1")
        && let Ok(heading) = heading.dyn_into::<HtmlElement>()
    {
        let _ = heading.focus();
    }
}

/// Puts focus on an element, if it is there.
pub(crate) fn focus(id: &str) {
    if let Some(element) = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Puts focus on an element that the next frame shows.
pub(crate) fn focus_soon(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || focus(&id));
}

/// A page. Its heading takes focus when the patient arrives, so that a screen reader reads it and
/// the keyboard goes on from there.
#[component]
pub(crate) fn Page(
    /// The heading, and the name of the window.
    #[prop(into)]
    title: Signal<String>,
    /// The page above: its address.
    #[prop(optional, into)]
    back: Option<String>,
    /// The page above: its name; "Back" without it.
    #[prop(optional, into)]
    back_text: Option<String>,
    /// A quiet line above the heading.
    #[prop(optional, into)]
    caption: Option<String>,
    /// Hides the heading from the eye where a form's own label is the heading.
    #[prop(optional)]
    is_heading_hidden: bool,
    children: Children,
) -> impl IntoView {
    let lang = lang();
    Effect::new(move || {
        document().set_title(
            &title.with(|title| td_string!(lang, common.document_title, title = title.as_str())),
        );
    });

    let heading = NodeRef::<leptos::html::H1>::new();
    let first = expect_context::<FirstPage>();
    let path = use_location().pathname;
    Effect::new(move || {
        path.track();
        if let Some(heading) = heading.get()
            && !first.take()
        {
            let _ = heading.focus();
        }
    });

    let heading_class = if is_heading_hidden {
        "nhsuk-u-visually-hidden"
    } else {
        "nhsuk-heading-l hale-page__heading"
    };
    view! {
        <div class="hale-page">
            {back
                .map(|href| {
                    let text = back_text.unwrap_or_else(|| td_string!(lang, common.back).to_owned());
                    view! { <BackLink href=href text=text/> }
                })}
            <h1 class=heading_class tabindex="-1" node_ref=heading>
                {caption.map(|caption| view! { <span class="nhsuk-caption-l">{caption}</span> })}
                {move || title.get()}
            </h1>
            {children()}
        </div>
    }
}
