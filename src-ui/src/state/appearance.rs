//! Theme and size of text: attributes of the page that the styles follow.

use hale_contracts::account::{AppearanceView, TextSize, Theme};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ipc;

/// How the window looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appearance(RwSignal<AppearanceView>);

impl Appearance {
    /// Makes it known to everything below, and reads what the patient chose before.
    pub(crate) fn provide() -> Self {
        let appearance = Self(RwSignal::new(AppearanceView::default()));
        provide_context(appearance);
        Effect::new(move || apply(appearance.0.get()));
        spawn_local(async move {
            // Without an answer the window looks as the system says, which is the default too.
            if let Ok(view) = ipc::get_appearance().await {
                appearance.0.set(view);
            }
        });
        appearance
    }

    /// The window's appearance.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// How it is now. Tracked.
    pub(crate) fn get(self) -> AppearanceView {
        self.0.get()
    }

    /// How it is now, without asking to be told of changes.
    pub(crate) fn get_untracked(self) -> AppearanceView {
        self.0.get_untracked()
    }

    /// Shows it at once. Saving is the caller's, who can say when it did not work.
    pub(crate) fn show(self, view: AppearanceView) {
        self.0.set(view);
    }
}

fn apply(view: AppearanceView) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Setting an attribute of an element that exists fails only on a bad name.
    let _ = root.set_attribute("data-theme", theme_name(view.theme));
    let _ = root.set_attribute("data-text-size", text_size_name(view.text_size));
}

/// The name of a theme in the styles.
pub(crate) fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::HighContrast => "high-contrast",
    }
}

/// The name of a size in the styles.
pub(crate) fn text_size_name(size: TextSize) -> &'static str {
    match size {
        TextSize::Normal => "normal",
        TextSize::Large => "large",
        TextSize::Larger => "larger",
        TextSize::Largest => "largest",
    }
}
