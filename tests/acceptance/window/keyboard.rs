//! The main job by the keyboard alone, in a window as wide as a phone.

use super::harness::Window;
use super::looks::arrived;
use super::visit::Visit;

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
pub(super) const SPACE: &str = " ";

/// More presses than any screen has stops.
const MOST_STOPS: usize = 120;

impl Window {
    /// Presses Tab until the focus is on an element, and holds that each stop on the way can be
    /// seen: it is on the screen, is not covered, and its focus shows.
    pub(super) async fn tab_to(&self, css: &str) {
        let css_text = serde_json::to_string(css).unwrap();
        for _ in 0..MOST_STOPS {
            self.press(TAB).await;
            let stop = self
                .script(&format!(
                    "const at = document.activeElement;
                 const box = at.getBoundingClientRect();
                 const look = () => JSON.stringify([at, ...at.querySelectorAll('*'), ...(at.labels || [])]
                   .flatMap((it) => [null, '::before', '::after'].map((part) => {{
                     const style = getComputedStyle(it, part);
                     return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor, style.borderWidth];
                   }})));
                 const focused = look();
                 at.blur();
                 const shows = at === document.body || look() !== focused;
                 at.focus({{ preventScroll: true }});
                 return {{
                   found: at.matches({css_text}),
                   shows,
                   inside: at === document.body || (box.bottom > 0 && box.top < innerHeight),
                   html: at.outerHTML.slice(0, 200),
                 }};"
                ))
                .await;
            assert_eq!(stop["shows"], true, "no visible focus: {stop}");
            assert_eq!(stop["inside"], true, "the focus is off the screen: {stop}");
            if stop["found"] == true {
                return;
            }
        }
        self.fail(&format!("the keyboard does not reach {css}"))
            .await;
    }

    /// Goes to a link or button by the keyboard and presses it.
    pub(super) async fn press_at(&self, css: &str) {
        self.there(css).await;
        self.tab_to(css).await;
        self.press(ENTER).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_reading_and_booking_by_the_keyboard_alone() {
    let visit = Visit::begin().await;
    let window = &visit.window;
    window.resize(390, 844).await;
    window.take_keyboard().await;
    // A focus that fades in would be measured half way.
    window
        .script(
            "const still = new CSSStyleSheet(); still.replaceSync('* { transition: none !important }'); \
             document.adoptedStyleSheets = [still]; return true;",
        )
        .await;

    // The first stop leads past the navigation.
    window.press(TAB).await;
    let first = window
        .script("return document.activeElement.className;")
        .await;
    assert!(
        first.as_str().is_some_and(|name| name.contains("skip")),
        "the first stop is {first}"
    );
    window.press(ENTER).await;
    window.press_at("#start").await;
    arrived(window, "Sign in").await;
    window.press_at("#sign-in").await;
    window.text("Hale is waiting").await;
    visit.choose("full").await;
    arrived(window, "Is this you?").await;
    window.press_at("#confirm-yes").await;
    window.text("What would you like to do?").await;
    visit.checked().await;

    window.press_at(".hale-nav__list a[href='/record']").await;
    arrived(window, "Your record").await;
    window.press_at("#section-medicines").await;
    arrived(window, "Medicines").await;
    window.press_at("#items a").await;
    window.gone("#items").await;

    window
        .press_at(".hale-nav__list a[href='/appointments']")
        .await;
    arrived(window, "Appointments").await;
    window.press_at("#book-appointment").await;
    arrived(window, "Book an appointment").await;
    window.press_at("#find-a-time").await;
    arrived(window, "Choose a time").await;
    window.press_at("[id^='slot-']").await;
    arrived(window, "Why you want the appointment").await;
    window.tab_to("#reason").await;
    window.press("My knee has hurt for two weeks").await;
    if window.has("#phone").await {
        window.tab_to("#phone").await;
        window.press("07700 900123").await;
    }
    window.press_at("#continue").await;
    arrived(window, "Check before you book").await;
    window.press_at("#confirm-booking").await;
    arrived(window, "Appointment booked").await;
    window.picture("keyboard-booked").await;

    window.press_at(".hale-nav__list a[href='/settings']").await;
    arrived(window, "Settings").await;
    window.press_at("a[href='/settings/sign-out']").await;
    arrived(window, "Sign out").await;
    window.tab_to("input[name='sign-out']").await;
    window.press(SPACE).await;
    window.press_at("#sign-out-continue").await;
    window.gone(".hale-nav__list a[href='/record']").await;
    visit.end().await;
}
