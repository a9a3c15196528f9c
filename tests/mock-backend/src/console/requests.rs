//! The part of the console's page in which a tester speaks for the practice and the pharmacy.

use std::fmt::Write;

use serde_json::Value;

use super::html::escape;
use crate::fhir::target;
use crate::repeats::{PracticeSays, Repeats, is_open, order_number};
use crate::state::State;
use crate::store::Found;

/// What the practice can say, and its button.
const PRACTICE: [(&str, &str); 6] = [
    ("accepted", "Accept"),
    ("in-progress", "Work on it"),
    ("on-hold", "Put on hold"),
    ("completed", "Prescribe"),
    ("rejected", "Reject"),
    ("failed", "Do not authorise"),
];

/// What pharmacies say of a prescription (backend contract, §4).
const PHARMACY: [&str; 13] = [
    "Prescriber Approved",
    "Prescriber Cancelled",
    "With Pharmacy",
    "With Pharmacy but Tracking not Supported",
    "With Pharmacy - Preparing Remainder",
    "Ready to Collect",
    "Ready to Collect - Partial",
    "Ready to Dispatch",
    "Ready to Dispatch - Partial",
    "Not Dispensed",
    "Dispatched",
    "Collected",
    "Tracking Temporarily Unavailable",
];

pub(super) fn show(out: &mut String, state: &State) -> std::fmt::Result {
    let repeats = Repeats { state };
    let (action, told, button) = if repeats.is_held() {
        (
            "let-go",
            "All requests are held: the clock moves none.",
            "Let them go on",
        )
    } else {
        (
            "hold",
            "Requests go forward with the clock until somebody speaks here.",
            "Hold them all",
        )
    };
    write!(
        out,
        "<h2>Repeat prescriptions</h2><p>{told}</p>\
         <form method=\"post\" action=\"/console/do/{action}\">\
         <button class=\"second\">{button}</button></form>"
    )?;
    let all = repeats.all();
    let is_shown = |task: &&Value| is_open(task) || order_number(task).is_some();
    if !all.iter().any(|task| is_shown(&task)) {
        return out.write_str("<p>No requests.</p>");
    }
    out.write_str("<ul>")?;
    for (at, task) in all.iter().rev().filter(is_shown).enumerate() {
        one(out, state, at, task)?;
    }
    out.write_str("</ul>")
}

fn one(out: &mut String, state: &State, at: usize, task: &Value) -> std::fmt::Result {
    let patient = target(task["for"]["reference"].as_str().unwrap_or_default()).1;
    let id = task["id"].as_str().unwrap_or_default();
    let hidden = format!(
        "<input type=\"hidden\" name=\"patient\" value=\"{}\">\
         <input type=\"hidden\" name=\"task\" value=\"{}\">",
        escape(patient),
        escape(id)
    );
    write!(
        out,
        "<li><p id=\"request-{at}\">{} of {}: {}</p>\
         <form method=\"post\" action=\"/console/do/practice\" aria-labelledby=\"request-{at}\">\
         {hidden}<label for=\"reason-{at}\">Reason, to reject it or not to authorise it</label>\
         <input id=\"reason-{at}\" name=\"reason\"><div class=\"row\">",
        escape(&medicine(state, patient, task)),
        escape(patient),
        escape(task["status"].as_str().unwrap_or_default()),
    )?;
    for (value, label) in PRACTICE {
        write!(
            out,
            "<button class=\"second\" name=\"practice\" value=\"{value}\">{label}</button>"
        )?;
    }
    out.write_str("</div></form>")?;
    if order_number(task).is_some() {
        write!(
            out,
            "<form method=\"post\" action=\"/console/do/pharmacy\" class=\"row\" \
             aria-labelledby=\"request-{at}\">{hidden}<div>\
             <label for=\"pharmacy-{at}\">The pharmacy says</label>\
             <select id=\"pharmacy-{at}\" name=\"pharmacy\">"
        )?;
        for status in PHARMACY {
            write!(out, "<option>{status}</option>")?;
        }
        out.write_str("</select></div><button class=\"second\">Say this</button></form>")?;
    }
    out.write_str("</li>")
}

/// What was asked for, in words.
fn medicine(state: &State, patient: &str, task: &Value) -> String {
    let (kind, id) = target(task["focus"]["reference"].as_str().unwrap_or_default());
    let today = state.clock.today();
    let plan = state
        .store
        .population()
        .index_of(patient)
        .map(|patient| state.store.find(patient, kind, id, today));
    match plan {
        Some(Found::Resource(plan)) => plan["medicationCodeableConcept"]["text"]
            .as_str()
            .unwrap_or(id)
            .to_owned(),
        _ => id.to_owned(),
    }
}

/// A form of this part was sent. Answers whether there was something to do.
pub(super) fn act<'a>(state: &State, action: &str, value: &impl Fn(&str) -> &'a str) -> bool {
    let repeats = Repeats { state };
    let reason = || value("reason").to_owned();
    let (patient, task) = (value("patient"), value("task"));
    match action {
        "hold" => repeats.hold(),
        "let-go" => repeats.let_go(),
        "pharmacy" => return repeats.pharmacy(patient, task, value("pharmacy")),
        _ => {
            let says = match value("practice") {
                "accepted" => PracticeSays::Accepted,
                "in-progress" => PracticeSays::InProgress,
                "on-hold" => PracticeSays::OnHold,
                "completed" => PracticeSays::Completed,
                "rejected" => PracticeSays::Rejected { reason: reason() },
                "failed" => PracticeSays::Failed { reason: reason() },
                _ => return false,
            };
            return repeats.say(patient, task, says);
        }
    }
    true
}
