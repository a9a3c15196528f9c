//! Theme and size of text: applied at once, then saved.

use hale_contracts::account::{AppearanceView, TextSize, Theme};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Page, RadioItem, Radios};
use crate::ipc;
use crate::state::{Appearance, text_size_name, theme_name};
use crate::wording::{lang, td_string};

const THEMES: [Theme; 4] = [
    Theme::System,
    Theme::Light,
    Theme::Dark,
    Theme::HighContrast,
];

const SIZES: [TextSize; 4] = [
    TextSize::Normal,
    TextSize::Large,
    TextSize::Larger,
    TextSize::Largest,
];

/// The page.
#[component]
pub(crate) fn AppearancePage() -> impl IntoView {
    let lang = lang();
    let appearance = Appearance::expect();
    let saved = RwSignal::new(None::<bool>);
    let change = move |view: AppearanceView| {
        appearance.show(view);
        spawn_local(async move {
            saved.set(Some(ipc::set_appearance(view).await.is_ok()));
        });
    };
    let theme = RwSignal::new(String::new());
    let size = RwSignal::new(String::new());
    // The patient's earlier choice may arrive after the page is drawn.
    Effect::new(move || {
        let now = appearance.get();
        theme.set(theme_name(now.theme).to_owned());
        size.set(text_size_name(now.text_size).to_owned());
    });
    let choose_theme = move |name: String| {
        if let Some(theme) = THEMES.into_iter().find(|theme| theme_name(*theme) == name) {
            change(AppearanceView {
                theme,
                ..appearance.get_untracked()
            });
        }
    };
    let choose_size = move |name: String| {
        if let Some(text_size) = SIZES.into_iter().find(|size| text_size_name(*size) == name) {
            change(AppearanceView {
                text_size,
                ..appearance.get_untracked()
            });
        }
    };
    let theme_item = |theme: Theme, words: &'static str| RadioItem::new(theme_name(theme), words);
    let size_item =
        |size: TextSize, words: &'static str| RadioItem::new(text_size_name(size), words);
    view! {
        <Page
            title=td_string!(lang, settings.appearance.title)
            back="/settings"
            back_text=td_string!(lang, settings.title)
        >
            <Radios
                name="theme"
                legend=td_string!(lang, settings.appearance.theme)
                value=theme
                on_choose=choose_theme
                items=vec![
                    theme_item(Theme::System, td_string!(lang, settings.appearance.system)),
                    theme_item(Theme::Light, td_string!(lang, settings.appearance.light)),
                    theme_item(Theme::Dark, td_string!(lang, settings.appearance.dark)),
                    theme_item(
                            Theme::HighContrast,
                            td_string!(lang, settings.appearance.high_contrast),
                        )
                        .with_hint(td_string!(lang, settings.appearance.high_contrast_hint)),
                ]
            />
            <Radios
                name="text-size"
                legend=td_string!(lang, settings.appearance.size)
                value=size
                on_choose=choose_size
                items=vec![
                    size_item(TextSize::Normal, td_string!(lang, settings.appearance.normal)),
                    size_item(TextSize::Large, td_string!(lang, settings.appearance.large)),
                    size_item(TextSize::Larger, td_string!(lang, settings.appearance.larger)),
                    size_item(TextSize::Largest, td_string!(lang, settings.appearance.largest)),
                ]
            />
            <p role="status" class="hale-quiet">
                {move || match saved.get() {
                    None => "",
                    Some(true) => td_string!(lang, settings.appearance.saved),
                    Some(false) => td_string!(lang, settings.not_saved),
                }}
            </p>
        </Page>
    }
}
