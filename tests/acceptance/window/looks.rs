//! What holds for every screen in every look: one heading with focus, a title that names it, nothing
//! that axe-core finds, nothing cut off at the side. A picture of each is kept.

use std::time::Instant;

use super::axe::nothing_found;
use super::harness::{PATIENCE, Window};

/// Name, width, theme and size of text of each look.
const LOOKS: [(&str, u32, &str, &str); 4] = [
    ("desktop", 1280, "light", "normal"),
    ("phone", 390, "light", "normal"),
    ("phone-dark-largest", 390, "dark", "largest"),
    ("desktop-contrast", 1280, "high-contrast", "normal"),
];

/// As tall as the virtual screen lets a picture be.
const TALLEST: u32 = 4000;

/// Waits for the page with this heading, and holds that a patient who came by a link or a button
/// finds the focus on it and the window named after it.
pub(crate) async fn arrived(window: &Window, heading: &str) {
    window.heading(heading).await;
    let began = Instant::now();
    loop {
        let found = window
            .script(
                "const h1 = document.querySelectorAll('h1'); \
                 return [h1.length, document.activeElement === h1[0], document.title];",
            )
            .await;
        let title = format!("{heading} – Hale");
        if found[0] == 1 && found[1] == true && found[2] == title.as_str() {
            return;
        }
        if began.elapsed() > PATIENCE {
            window
                .fail(&format!(
                    "at {heading:?}: [number of headings, focus on it, title] is {found}"
                ))
                .await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Looks at the screen in every look, and keeps a picture of each.
pub(crate) async fn looked_at(window: &Window, name: &str) {
    for (look, width, theme, size) in LOOKS {
        window.resize(width, 844).await;
        show(window, theme, size).await;
        let what = format!("{name} ({look})");
        fits(window, &what).await;
        nothing_found(window, &what).await;
        let tall = window
            .script("return document.documentElement.scrollHeight;")
            .await;
        let tall = u32::try_from(tall.as_u64().expect("a height")).expect("a small one");
        window.resize(width, tall.clamp(844, TALLEST)).await;
        window.picture(&format!("{name}-{look}")).await;
    }
    window.resize(1280, 900).await;
    show(window, "light", "normal").await;
}

async fn show(window: &Window, theme: &str, size: &str) {
    window
        .script(&format!(
            "document.documentElement.dataset.theme = '{theme}'; \
             document.documentElement.dataset.textSize = '{size}'; return true;"
        ))
        .await;
}

/// Nothing is cut off or needs scrolling sideways (WCAG 2.2, 1.4.10 Reflow).
async fn fits(window: &Window, what: &str) {
    let wide = window
        .script(
            "const limit = document.documentElement.clientWidth; \
             return [...document.querySelectorAll('body *')] \
               .filter((element) => { \
                 for (let it = element; it; it = it.parentElement) { \
                   if (getComputedStyle(it).clip === 'rect(0px, 0px, 0px, 0px)') return false; \
                 } \
                 const box = element.getBoundingClientRect(); \
                 const style = getComputedStyle(element); \
                 return box.width > 1 && box.right > limit + 1 && style.visibility !== 'hidden'; }) \
               .map((element) => element.outerHTML.slice(0, 160));",
        )
        .await;
    let wide = wide.as_array().expect("a list");
    assert!(wide.is_empty(), "{what}: too wide: {wide:#?}");
}
