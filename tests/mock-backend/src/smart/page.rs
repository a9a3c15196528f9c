//! The sign-in page: one form, one button a person, no script, usable by keyboard and screen
//! reader. It says that it is no real service.

use std::fmt::Write;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::{Html, IntoResponse};

use super::Form;
use crate::console::{escape, page};
use crate::state::State;

pub(super) fn choice(state: &State, form: &Form) -> Response<Body> {
    let mut hidden = String::new();
    for (name, value) in form.iter().filter(|have| have.0 != "persona") {
        put(
            &mut hidden,
            format_args!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            ),
        );
    }
    let population = state.store.population();
    let mut people = String::new();
    for persona in population.personas() {
        let mut button = |value: &str, words: &str, about: &str| {
            let id = value.replace(':', "-");
            put(
                &mut people,
                format_args!(
                    "<li><button type=\"submit\" name=\"persona\" value=\"{}\" \
                     aria-describedby=\"about-{id}\">{}</button>\
                     <p id=\"about-{id}\">{}</p></li>",
                    escape(value),
                    escape(words),
                    escape(about)
                ),
            );
        };
        button(
            &persona.key,
            &format!("{}: {}", persona.name, persona.title),
            &persona.description,
        );
        for other in &persona.acts_for {
            let child = population.index_of(other).and_then(|index| {
                population
                    .personas()
                    .iter()
                    .find(|persona| persona.patient_index == index)
            });
            let name = child.map_or(other.as_str(), |child| child.name.as_str());
            button(
                &format!("{}:{other}", persona.key),
                &format!("{} acting for {name}", persona.name),
                "Signs in as the first and opens the record of the second.",
            );
        }
    }
    let body = format!(
        "<h1>Choose who to sign in as</h1>\
         <p class=\"note\"><strong>This is a test server.</strong> Nobody here is real and there are \
         no passwords. Never enter anything about yourself.</p>\
         <form method=\"post\" action=\"/auth/choose\">{hidden}\
         <ul class=\"people\">{people}\
         <li><button type=\"submit\" name=\"persona\" value=\"refuse\" class=\"second\">Do not allow \
         access</button></li></ul></form>\
         <h2>Somebody else</h2>\
         <form method=\"post\" action=\"/auth/choose\">{hidden}\
         <label for=\"persona\">NHS number or patient id of any test patient</label>\
         <input id=\"persona\" name=\"persona\" autocomplete=\"off\" required>\
         <button type=\"submit\" class=\"second\">Sign in as this patient</button></form>"
    );
    Html(page("Test sign-in", &body)).into_response()
}

pub(super) fn error(why: &str) -> Response<Body> {
    let body = format!("<h1>You cannot sign in here</h1><p>{}</p>", escape(why));
    (StatusCode::BAD_REQUEST, Html(page("Test sign-in", &body))).into_response()
}

fn put(into: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = into.write_fmt(text);
}
