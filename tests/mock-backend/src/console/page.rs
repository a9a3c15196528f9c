//! The console's page and its forms. Headings, labels and real buttons; no script.

use std::fmt::Write;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use axum::response::{Html, IntoResponse};
use chrono::{DateTime, TimeDelta, Utc};

use super::html::{escape, page};
use super::{requests, to_console};
use crate::scenarios;
use crate::state::{Request, State};

/// How many requests the page shows.
const SHOWN: usize = 60;

/// How a phone comes to trust this server.
const TRUST: &str = "<p class=\"note\">To trust this server on a phone, install its \
    <a href=\"/console/ca.crt\">certificate authority</a>, and remove it after the test. It ends \
    with the server: each start makes a new one.</p>";

pub(super) fn show(state: &State, request: &Request) -> Response<Body> {
    let mut out = format!(
        "<h1>Test server: console</h1><p class=\"note\">FHIR base: <code>{0}/fhir</code>. Everybody \
         here is made up. The same as JSON is below <code>{0}/console/api/</code>.</p>",
        escape(&request.origin)
    );
    if state.tls.is_some() {
        out.push_str(TRUST);
    }
    for part in [
        scenario_list,
        rules,
        clock,
        requests::show,
        personas,
        written,
        log,
    ] {
        if part(&mut out, state).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    }
    Html(page("Console", &out)).into_response()
}

fn scenario_list(out: &mut String, _: &State) -> std::fmt::Result {
    out.write_str(
        "<h2>Scenarios</h2><p>A scenario puts its faults in place of all others.</p>\
         <form method=\"post\" action=\"/console/do/scenario\" class=\"row\"><div>\
         <label for=\"scenario\">Scenario</label><select id=\"scenario\" name=\"key\">",
    )?;
    for scenario in scenarios::scenarios() {
        write!(
            out,
            "<option value=\"{0}\">{1} ({0}, sign in as {2})</option>",
            escape(scenario.key),
            escape(scenario.title),
            escape(scenario.persona)
        )?;
    }
    out.write_str("</select></div><button>Use this scenario</button></form>")
}

fn rules(out: &mut String, state: &State) -> std::fmt::Result {
    out.write_str("<h2>Faults in force</h2>")?;
    let rules = state.faults.rules();
    if rules.is_empty() {
        out.write_str("<p>None: everything works.</p>")?;
    } else {
        out.write_str("<ul>")?;
        for (at, rule) in rules.iter().enumerate() {
            let text = serde_json::to_string(rule).unwrap_or_default();
            write!(
                out,
                "<li><code>{}</code><form method=\"post\" action=\"/console/do/remove\">\
                 <input type=\"hidden\" name=\"at\" value=\"{at}\">\
                 <button class=\"second\">Remove fault {}</button></form></li>",
                escape(&text),
                at + 1
            )?;
        }
        out.write_str(
            "</ul><form method=\"post\" action=\"/console/do/clear\">\
             <button>Remove all faults</button></form>",
        )?;
    }
    out.write_str(
        "<form method=\"post\" action=\"/console/do/fault\"><label for=\"rule\">Add a fault, as JSON\
         </label><textarea id=\"rule\" name=\"rule\" rows=\"3\" spellcheck=\"false\" \
         aria-describedby=\"rule-help\" required></textarea><p id=\"rule-help\">For example \
         <code>{\"fault\":{\"kind\":\"status\",\"status\":503},\"method\":\"GET\",\
         \"path\":\"/Observation?category=laboratory\",\"times\":2,\"skip\":1}</code>. Kinds: \
         lost-request, lost-reply, hang-before, hang-after, slow (millis), status, html-page \
         (status), partial, truncated-body, wrong-content-type, outcome-with-success, \
         endless-pages, foreign-next-link, bad-entry (entry), nothing-found, slot-taken, \
         booking-off, cancellation-off, conflict-as409, no-conditional-create, \
         unrelated-answer (takes_effect), ignored-parameter (name), small-pages (count), \
         fhir-version (version), no-metadata, no-smart-configuration, wrong-state, sign-in-refused, \
         wrong-nonce, wrong-issuer, wrong-audience, expired-id-token, bad-signature, \
         code-replayed, expired-access-token, expired-refresh-token.</p>\
         <button>Add this fault</button></form>",
    )
}

fn clock(out: &mut String, state: &State) -> std::fmt::Result {
    write!(
        out,
        "<h2>Clock</h2><p>It is {} (UTC) on this server.</p>\
         <form method=\"post\" action=\"/console/do/clock\" class=\"row\">\
         <div><label for=\"set\">Set to (UTC)</label>\
         <input id=\"set\" name=\"set\" placeholder=\"2026-01-05T09:00:00Z\"></div>\
         <div><label for=\"minutes\">or move by minutes</label>\
         <input id=\"minutes\" name=\"minutes\" inputmode=\"numeric\"></div>\
         <button>Move the clock</button></form>\
         <form method=\"post\" action=\"/console/do/reset\"><p>Starting over forgets what was \
         written, all faults, the log, and puts the clock right.</p>\
         <button class=\"second\">Start over</button></form>\
         <form method=\"post\" action=\"/console/do/revoke\">\
         <button class=\"second\">End every sign-in ({} open)</button></form>",
        state.clock.now().format("%Y-%m-%d %H:%M:%S"),
        state.smart.open_sessions()
    )
}

fn personas(out: &mut String, state: &State) -> std::fmt::Result {
    out.write_str(
        "<h2>Personas</h2><div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Personas\">\
         <table><caption>Whom to sign in as</caption><tr><th scope=\"col\">Key</th>\
         <th scope=\"col\">Name</th><th scope=\"col\">NHS number</th><th scope=\"col\">Identity</th>\
         <th scope=\"col\">Access</th><th scope=\"col\">What for</th></tr>",
    )?;
    for persona in state.store.population().personas() {
        write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}: {}</td></tr>",
            escape(&persona.key),
            escape(&persona.name),
            escape(&persona.nhs_number),
            persona.identity_level.code(),
            persona.access.code(),
            escape(&persona.title),
            escape(&persona.description)
        )?;
    }
    out.write_str("</table></div>")
}

fn written(out: &mut String, state: &State) -> std::fmt::Result {
    let written = state.store.written();
    write!(
        out,
        "<h2>Written</h2><p>{} since the start.</p>",
        written.len()
    )?;
    for one in written.iter().rev().take(SHOWN) {
        let json = one
            .resource
            .as_ref()
            .and_then(|resource| serde_json::to_string_pretty(resource).ok())
            .unwrap_or_else(|| "deleted".to_owned());
        write!(
            out,
            "<details><summary>{} {} {}/{} version {}</summary><pre>{}</pre></details>",
            one.at.format("%H:%M:%S"),
            escape(&one.method),
            escape(&one.resource_type),
            escape(&one.id),
            one.version,
            escape(&json)
        )?;
    }
    Ok(())
}

fn log(out: &mut String, state: &State) -> std::fmt::Result {
    out.write_str(
        "<h2>Requests</h2><div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Requests\">\
         <table><caption>Newest first</caption><tr><th scope=\"col\">Time (UTC)</th>\
         <th scope=\"col\">Request</th><th scope=\"col\">Status</th>\
         <th scope=\"col\">X-Request-ID</th><th scope=\"col\">Fault</th></tr>",
    )?;
    for entry in state.log.entries().iter().rev().take(SHOWN) {
        let status = entry
            .status
            .map_or_else(|| "cut off".to_owned(), |status| status.to_string());
        let query = if entry.query.is_empty() {
            String::new()
        } else {
            format!("?{}", entry.query)
        };
        write!(
            out,
            "<tr><td>{}</td><td>{} {}{}</td><td>{status}</td><td>{}</td><td>{}</td></tr>",
            entry.at.format("%H:%M:%S"),
            escape(&entry.method),
            escape(&entry.path),
            escape(&query),
            escape(entry.request_id.as_deref().unwrap_or_default()),
            escape(entry.fault.as_deref().unwrap_or_default())
        )?;
    }
    out.write_str("</table></div>")
}

/// A form of the page was sent.
pub(super) fn act(state: &State, action: &str, body: &Bytes) -> Response<Body> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    let value = |name: &str| {
        form.iter()
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1.trim())
            .unwrap_or_default()
    };
    let refused = |why: &str| {
        let body = format!(
            "<h1>That did not work</h1><p>{}</p><p><a href=\"/console\">Back to the console</a></p>",
            escape(why)
        );
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            Html(page("Console", &body)),
        )
            .into_response()
    };
    match action {
        "scenario" => match scenarios::find(value("key")) {
            Some(scenario) => state.faults.replace(scenario.rules),
            None => return refused("There is no such scenario."),
        },
        "fault" => match serde_json::from_str(value("rule")) {
            Ok(rule) => state.faults.set(rule),
            Err(error) => return refused(&format!("The fault cannot be read: {error}")),
        },
        "remove" => state
            .faults
            .remove(value("at").parse().unwrap_or(usize::MAX)),
        "clear" => state.faults.clear(),
        "clock" => {
            let moved = if let Ok(to) = value("set").parse::<DateTime<Utc>>() {
                super::set_clock(state, to)
            } else if let Ok(minutes) = value("minutes").parse::<i32>() {
                super::advance_clock(state, TimeDelta::minutes(i64::from(minutes)))
            } else {
                None
            };
            if moved.is_none() {
                return refused(
                    "Give a time such as 2026-01-05T09:00:00Z, or a number of minutes. The clock \
                     goes from 1970 to 2199.",
                );
            }
        }
        "reset" => super::reset(state),
        "revoke" => state.smart.revoke_all(),
        "practice" | "pharmacy" | "hold" | "let-go" => {
            if !requests::act(state, action, &value) {
                return refused("There is no such request, or no such thing can be said of it.");
            }
        }
        _ => return refused("There is no such action."),
    }
    to_console()
}
