//! The design system's button, and a link that looks like one.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// How much weight a button has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The one thing to do on the page.
    #[default]
    Primary,
    /// Anything else that may be done.
    Secondary,
    /// Something that cannot be taken back.
    Warning,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "nhsuk-button",
            Self::Secondary => "nhsuk-button nhsuk-button--secondary",
            Self::Warning => "nhsuk-button nhsuk-button--warning",
        }
    }
}

/// A button. Submits its form unless it is given something to do.
#[component]
pub(crate) fn Button(
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
    /// What it does; without it, it submits the form it stands in.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// While this is so the button does nothing. It stays reachable, so that focus is not lost.
    #[prop(optional, into)]
    is_busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let type_ = if on_click.is_some() {
        "button"
    } else {
        "submit"
    };
    let click = move |event: MouseEvent| {
        if is_busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_click) = on_click {
            on_click.run(event);
        }
    };
    view! {
        <button
            class=kind.class()
            data-module="nhsuk-button"
            type=type_
            id=id
            aria-disabled=move || is_busy.get().then_some("true")
            on:click=click
        >
            {children()}
        </button>
    }
}

/// A link with the look of a button: for going somewhere, never for doing something.
#[component]
pub(crate) fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=kind.class()
            data-module="nhsuk-button"
            href=href
            role="button"
            draggable="false"
            id=id
            // What is called a button answers to the space bar too, which a link does not by itself.
            on:keydown:target=|event| {
                if event.key() == " " {
                    event.prevent_default();
                    event.target().click();
                }
            }
        >
            {children()}
        </a>
    }
}
