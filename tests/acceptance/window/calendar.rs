//! Saving an appointment as a calendar file, in the dialog of the system itself.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::looks::looked_at;
use super::visit::Visit;

/// Types into the system's own dialog, which is not of the window: through the display server.
fn xdotool(arguments: &[&str]) -> bool {
    Command::new("xdotool")
        .args(arguments)
        .status()
        .expect("xdotool is set up")
        .success()
}

/// Waits for a dialog to open.
async fn dialog() {
    for _ in 0..100 {
        if xdotool(&["search", "--onlyvisible", "--name", "^Save"]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no dialog opened");
}

async fn written(path: &Path) -> String {
    for _ in 0..100 {
        if let Ok(text) = std::fs::read_to_string(path)
            && text.ends_with("END:VCALENDAR\r\n")
        {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_is_saved_for_the_calendar() {
    let visit = Visit::signed_in("full").await;
    let window = &visit.window;
    visit.checked().await;
    visit.go("appointments", "Appointments").await;
    window.click("#upcoming-0").await;
    window.there("#save-calendar-file").await;
    looked_at(window, "appointment-calendar").await;

    // Thinking better of it saves nothing, and says nothing.
    window.click("#save-calendar-file").await;
    dialog().await;
    xdotool(&[
        "search",
        "--onlyvisible",
        "--name",
        "^Save",
        "windowfocus",
        "--sync",
        "key",
        "Escape",
    ]);
    window
        .there("#save-calendar-file:not([aria-disabled='true'])")
        .await;

    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("visit.ics");
    window.click("#save-calendar-file").await;
    dialog().await;
    let typed = path.to_str().expect("a path");
    xdotool(&[
        "search",
        "--onlyvisible",
        "--name",
        "^Save",
        "windowfocus",
        "--sync",
    ]);
    xdotool(&["key", "ctrl+a"]);
    xdotool(&["type", "--delay", "5", typed]);
    xdotool(&["key", "Return"]);
    let text = written(&path).await;
    assert!(text.contains("DTSTART;TZID=Europe/London:"), "{text}");
    assert!(text.contains("BEGIN:VALARM"), "{text}");
    window.text("Saved. Open the file").await;
    looked_at(window, "appointment-calendar-saved").await;
}
